package dev.weir.service.gate;

import com.google.protobuf.ByteString;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.WrappedJoinRequest;

/** The join request that clients of the newer protocol pack into the query. */
final class JoinRequests {

  /** An offer with hundreds of media sections has less. */
  private static final int LONGEST = 256 * 1024;

  private JoinRequests() {}

  /** Empty for whatever is no join request; the node will say so. */
  static Optional<JoinRequest> read(String base64) {
    try {
      WrappedJoinRequest wrapped =
          WrappedJoinRequest.parseFrom(Base64.getUrlDecoder().decode(base64));
      return wrapped.getCompression() == WrappedJoinRequest.Compression.GZIP
          ? unzipped(wrapped.getJoinRequest())
          : Optional.of(JoinRequest.parseFrom(wrapped.getJoinRequest()));
    } catch (IOException | IllegalArgumentException notOne) {
      return Optional.empty();
    }
  }

  private static Optional<JoinRequest> unzipped(ByteString zipped) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped.toByteArray()))) {
      byte[] bytes = in.readNBytes(LONGEST + 1);
      return bytes.length > LONGEST ? Optional.empty() : Optional.of(JoinRequest.parseFrom(bytes));
    }
  }
}
