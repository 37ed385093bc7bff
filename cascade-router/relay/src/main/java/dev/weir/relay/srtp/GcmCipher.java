package dev.weir.relay.srtp;

import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** The JDK's AES-GCM under one key, with the nonce of each packet set from its numbers. */
final class GcmCipher {
  private final int mode;
  private final SecretKeySpec key;
  private final byte[] salt;
  private final byte[] nonce = new byte[SrtpProfile.SALT];
  private final Cipher cipher;

  GcmCipher(boolean encrypt, byte[] key, byte[] salt) {
    this.mode = encrypt ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE;
    this.key = new SecretKeySpec(key, "AES");
    this.salt = salt;
    try {
      this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no AES-GCM", e);
    }
  }

  /**
   * Begins an SRTP packet: the nonce is SSRC, roll-over counter and sequence number under the salt.
   */
  void beginRtp(int ssrc, long index) throws GeneralSecurityException {
    begin(ssrc, (int) (index >>> 16), (int) index & 0xffff, true);
  }

  /** Begins an SRTCP packet: the nonce is SSRC and the packet's index under the salt. */
  void beginRtcp(int ssrc, int index) throws GeneralSecurityException {
    begin(ssrc, index, 0, false);
  }

  private void begin(int ssrc, int first, int second, boolean rtp) throws GeneralSecurityException {
    nonce[0] = 0;
    nonce[1] = 0;
    put(2, ssrc);
    if (rtp) {
      put(6, first);
      nonce[10] = (byte) (second >> 8);
      nonce[11] = (byte) second;
    } else {
      nonce[6] = 0;
      nonce[7] = 0;
      put(8, first);
    }
    for (int i = 0; i < nonce.length; i++) {
      nonce[i] ^= salt[i];
    }
    cipher.init(mode, key, new GCMParameterSpec(8 * SrtpProfile.TAG, nonce));
  }

  private void put(int at, int value) {
    nonce[at] = (byte) (value >> 24);
    nonce[at + 1] = (byte) (value >> 16);
    nonce[at + 2] = (byte) (value >> 8);
    nonce[at + 3] = (byte) value;
  }

  void authenticate(byte[] b, int off, int len) {
    cipher.updateAAD(b, off, len);
  }

  /** Encrypts and appends the tag; returns the length written. */
  int seal(byte[] in, int off, int len, byte[] out, int outOff) throws GeneralSecurityException {
    return cipher.doFinal(in, off, len, out, outOff);
  }

  /** Decrypts; returns the length of the plain text, or -1 when the packet is not authentic. */
  int unseal(byte[] in, int off, int len, byte[] out, int outOff) throws GeneralSecurityException {
    try {
      return cipher.doFinal(in, off, len, out, outOff);
    } catch (AEADBadTagException e) {
      return -1;
    }
  }
}
