package dev.weir.session.name;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** SHA-256 of a canonical JSON array of strings, in base64 without padding. */
public final class Hashes {
  private static final Base64.Encoder BASE64 = Base64.getEncoder().withoutPadding();

  private Hashes() {}

  public static String of(String... values) {
    try {
      byte[] json = CanonicalJson.ofStrings(values).getBytes(StandardCharsets.UTF_8);
      return BASE64.encodeToString(MessageDigest.getInstance("SHA-256").digest(json));
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
