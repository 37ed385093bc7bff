package dev.weir.relay.forward;

import dev.weir.relay.rtp.Rtp;

/**
 * Recognises what the source server made itself: silence or blank frames around mute and close that
 * end with the room's trailer. They are not encrypted, so a viewer that got them would count failed
 * decryptions.
 */
public final class SifFilter {
  private static final int MAX_TRAILER = 64;

  private byte[] trailer = new byte[0];

  /** Sets the trailer that the server named at the join. */
  public void trailer(byte[] bytes) {
    trailer = bytes.length > MAX_TRAILER ? new byte[0] : bytes.clone();
  }

  boolean matches(byte[] b, int off, int len) {
    int media = Rtp.mediaLength(b, off, len);
    if (trailer.length == 0 || media < trailer.length) {
      return false;
    }
    int at = off + Rtp.headerLength(b, off) + media - trailer.length;
    for (int i = 0; i < trailer.length; i++) {
      if (b[at + i] != trailer[i]) {
        return false;
      }
    }
    return true;
  }
}
