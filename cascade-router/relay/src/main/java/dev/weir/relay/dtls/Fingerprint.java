package dev.weir.relay.dtls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/** The SHA-256 of a certificate, as SDP writes it. */
public record Fingerprint(String hex) {
  private static final HexFormat FORMAT = HexFormat.ofDelimiter(":").withUpperCase();

  public static Fingerprint of(byte[] certificate) {
    try {
      return new Fingerprint(
          FORMAT.formatHex(MessageDigest.getInstance("SHA-256").digest(certificate)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK has no SHA-256", e);
    }
  }

  /** Reads {@code sha-256 AB:CD:...}; other hashes are not accepted. */
  public static Optional<Fingerprint> parse(String attribute) {
    String[] words = attribute.trim().split(" +", -1);
    if (words.length != 2
        || !"sha-256".equals(words[0].toLowerCase(Locale.ROOT))
        || !words[1].matches("([0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2}")) {
      return Optional.empty();
    }
    return Optional.of(new Fingerprint(words[1].toUpperCase(Locale.ROOT)));
  }
}
