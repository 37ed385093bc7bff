package dev.weir.relay.srtp;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/** Session keys of one direction, derived from its master key (RFC 3711, 4.3) without re-keying. */
final class SrtpKeys {
  private static final int RTP_KEY = 0;
  private static final int RTP_SALT = 2;
  private static final int RTCP_KEY = 3;
  private static final int RTCP_SALT = 5;

  final byte[] rtpKey;
  final byte[] rtpSalt;
  final byte[] rtcpKey;
  final byte[] rtcpSalt;

  private SrtpKeys(byte[] rtpKey, byte[] rtpSalt, byte[] rtcpKey, byte[] rtcpSalt) {
    this.rtpKey = rtpKey;
    this.rtpSalt = rtpSalt;
    this.rtcpKey = rtcpKey;
    this.rtcpSalt = rtcpSalt;
  }

  static SrtpKeys derive(byte[] masterKey, byte[] masterSalt) {
    try {
      Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
      aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(masterKey, "AES"));
      return new SrtpKeys(
          derive(aes, masterSalt, RTP_KEY, masterKey.length),
          derive(aes, masterSalt, RTP_SALT, SrtpProfile.SALT),
          derive(aes, masterSalt, RTCP_KEY, masterKey.length),
          derive(aes, masterSalt, RTCP_SALT, SrtpProfile.SALT));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no AES", e);
    }
  }

  private static byte[] derive(Cipher aes, byte[] masterSalt, int label, int length)
      throws GeneralSecurityException {
    byte[] counter = new byte[16];
    System.arraycopy(masterSalt, 0, counter, 0, masterSalt.length);
    counter[7] ^= (byte) label;
    byte[] out = new byte[(length + 15) / 16 * 16];
    for (int block = 0; 16 * block < out.length; block++) {
      counter[15] = (byte) block;
      aes.doFinal(counter, 0, 16, out, 16 * block);
    }
    return Arrays.copyOf(out, length);
  }
}
