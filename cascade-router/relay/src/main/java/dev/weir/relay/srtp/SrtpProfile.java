package dev.weir.relay.srtp;

import java.util.Optional;

/**
 * The protection profiles that are offered, best first: AES-128 costs less and is no weaker for
 * media of minutes.
 */
public enum SrtpProfile {
  AEAD_AES_128_GCM(0x0007, 16),
  AEAD_AES_256_GCM(0x0008, 32);

  static final int SALT = 12;
  static final int TAG = 16;

  private final int id;
  private final int keyLength;

  SrtpProfile(int id, int keyLength) {
    this.id = id;
    this.keyLength = keyLength;
  }

  /** The number of the profile in the DTLS use_srtp extension. */
  public int id() {
    return id;
  }

  public int keyLength() {
    return keyLength;
  }

  /** How many bytes of keying material DTLS must export. */
  public int exportLength() {
    return 2 * (keyLength + SALT);
  }

  public static Optional<SrtpProfile> of(int id) {
    for (SrtpProfile profile : values()) {
      if (profile.id == id) {
        return Optional.of(profile);
      }
    }
    return Optional.empty();
  }
}
