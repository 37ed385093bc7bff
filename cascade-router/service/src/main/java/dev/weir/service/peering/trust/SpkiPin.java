package dev.weir.service.peering.trust;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.Base64;

/**
 * The public key of a site, named by its hash: {@code sha256/<base64 of SHA-256 of the SPKI>}.
 *
 * <p>A key is pinned rather than a certificate, so that renewals need no word with the partner.
 */
public record SpkiPin(String text) {
  private static final String PREFIX = "sha256/";
  private static final int HASH_BYTES = 32;

  public SpkiPin {
    if (!text.startsWith(PREFIX)) {
      throw new IllegalArgumentException("a key is written as sha256/<base64>");
    }
    byte[] hash = Base64.getDecoder().decode(text.substring(PREFIX.length()));
    if (hash.length != HASH_BYTES) {
      throw new IllegalArgumentException("a sha256 key has 32 bytes, not " + hash.length);
    }
    // One spelling per key, so that sets of pins compare.
    text = PREFIX + Base64.getEncoder().encodeToString(hash);
  }

  public static SpkiPin of(X509Certificate certificate) {
    return of(certificate.getPublicKey());
  }

  public static SpkiPin of(PublicKey key) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
      return new SpkiPin(PREFIX + Base64.getEncoder().encodeToString(hash));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
