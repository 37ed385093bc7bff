package dev.weir.relay.transport;

import dev.weir.relay.srtp.SrtpSession;
import org.jspecify.annotations.Nullable;

/** A connection as those see it who send over it. For the loop's thread only. */
public interface SecurePath {
  /** The SRTP state, once the connection is up. */
  @Nullable SrtpSession srtp();

  /** Sends a packet that is protected already; false when it could not be. */
  boolean send(byte[] bytes, int off, int len);

  /** Protects and sends an RTCP packet. */
  void sendRtcp(byte[] plain, int off, int len);

  /** The round trip in nanoseconds, as far as it is known; -1 = it is not. */
  default long roundTrip() {
    return -1;
  }
}
