package dev.weir.relay.sdp;

import dev.weir.relay.rtp.Extensions;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One m-line of an offer. Its place in the offer is its mid, for ever; it can only become inactive.
 */
public sealed interface MediaSection {
  boolean video();

  List<MediaCodec> codecs();

  /** The direction, and what belongs to it. */
  void writeDirection(StringBuilder sdp);

  /** Takes what the server sends. */
  record Receiving(boolean video) implements MediaSection {
    @Override
    public List<MediaCodec> codecs() {
      return MediaCodec.receivable(video);
    }

    @Override
    public void writeDirection(StringBuilder sdp) {
      sdp.append("a=recvonly\r\n");
    }
  }

  /**
   * Sends one track.
   *
   * @param rids the layers, lowest first; empty for a single stream
   * @param ssrc of a single stream
   */
  record Sending(MediaCodec codec, String stream, String trackId, List<String> rids, int ssrc)
      implements MediaSection {
    @Override
    public boolean video() {
      return codec.video();
    }

    @Override
    public List<MediaCodec> codecs() {
      return List.of(codec);
    }

    @Override
    public void writeDirection(StringBuilder sdp) {
      String msid = stream.isEmpty() ? "-" : stream;
      sdp.append("a=sendonly\r\na=msid:").append(msid).append(' ').append(trackId).append("\r\n");
      if (rids.isEmpty()) {
        String source = "a=ssrc:" + Integer.toUnsignedString(ssrc);
        sdp.append(source).append(" cname:weir\r\n");
        sdp.append(source).append(" msid:").append(msid).append(' ').append(trackId);
        sdp.append("\r\n");
        return;
      }
      for (String rid : rids) {
        sdp.append("a=rid:").append(rid).append(" send\r\n");
      }
      sdp.append("a=simulcast:send ").append(String.join(";", rids)).append("\r\n");
    }
  }

  /** Was used once, or only exists so that the offer has a section. */
  record Inactive(boolean video, List<MediaCodec> codecs) implements MediaSection {
    @Override
    public void writeDirection(StringBuilder sdp) {
      sdp.append("a=inactive\r\n");
    }
  }

  default void write(StringBuilder sdp, String transport, int mid) {
    String types =
        codecs().stream()
            .map(codec -> Integer.toString(codec.payloadType()))
            .collect(Collectors.joining(" "));
    sdp.append("m=").append(video() ? "video" : "audio").append(" 9 UDP/TLS/RTP/SAVPF ");
    sdp.append(types).append("\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n");
    sdp.append(transport).append("a=mid:").append(mid);
    sdp.append("\r\na=rtcp-mux\r\na=rtcp-rsize\r\n");
    for (MediaCodec codec : codecs()) {
      codec.write(sdp);
    }
    for (Extensions.Extension extension : video() ? Extensions.VIDEO : Extensions.AUDIO) {
      sdp.append("a=extmap:").append(extension.id()).append(' ').append(extension.uri());
      sdp.append("\r\n");
    }
    writeDirection(sdp);
  }
}
