package dev.weir.relay.sdp;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The codecs that are relayed, under the payload types that this relay always offers. */
public enum MediaCodec {
  OPUS(111, "opus/48000/2", "minptime=10;useinbandfec=1", "audio/opus", false),
  VP8(96, "VP8/90000", "", "video/vp8", true),
  VP9(98, "VP9/90000", "profile-id=0", "video/vp9", true),
  AV1(35, "AV1/90000", "", "video/av1", true),
  H264(
      108,
      "H264/90000",
      "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
      "video/h264",
      true),
  H265(116, "H265/90000", "", "video/h265", true);

  private final int payloadType;
  private final String rtpmap;
  private final String fmtp;
  private final String mime;
  private final boolean video;

  MediaCodec(int payloadType, String rtpmap, String fmtp, String mime, boolean video) {
    this.payloadType = payloadType;
    this.rtpmap = rtpmap;
    this.fmtp = fmtp;
    this.mime = mime;
    this.video = video;
  }

  public static Optional<MediaCodec> ofMime(String mime) {
    String wanted = mime.toLowerCase(Locale.ROOT);
    return Arrays.stream(values()).filter(codec -> codec.mime.equals(wanted)).findFirst();
  }

  static List<MediaCodec> receivable(boolean video) {
    return Arrays.stream(values()).filter(codec -> codec.video == video).toList();
  }

  public int payloadType() {
    return payloadType;
  }

  public boolean video() {
    return video;
  }

  /** Name without the kind, as LiveKit's simulcast codecs have it. */
  public String shortName() {
    return mime.substring(mime.indexOf('/') + 1);
  }

  void write(StringBuilder sdp) {
    sdp.append("a=rtpmap:").append(payloadType).append(' ').append(rtpmap).append("\r\n");
    if (!fmtp.isEmpty()) {
      sdp.append("a=fmtp:").append(payloadType).append(' ').append(fmtp).append("\r\n");
    }
    feedback(sdp, "nack");
    if (video) {
      feedback(sdp, "nack pli");
      feedback(sdp, "ccm fir");
      feedback(sdp, "goog-remb");
    }
  }

  private void feedback(StringBuilder sdp, String kind) {
    sdp.append("a=rtcp-fb:").append(payloadType).append(' ').append(kind).append("\r\n");
  }
}
