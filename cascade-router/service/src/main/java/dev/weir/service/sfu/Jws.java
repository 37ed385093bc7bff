package dev.weir.service.sfu;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * LiveKit's tokens: compact JWS with HS256. Written out here because installed secrets may be
 * shorter than the 32 bytes that libraries insist on.
 */
public record Jws(JsonObject claims, String signed, byte[] signature) {

  /** Real tokens have well under 2 KiB; attributes and metadata may add some. */
  static final int MAX_LENGTH = 16 * 1024;

  private static final String HEADER =
      Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8));

  /** Reads a token without believing it; empty when it is not of the one form that we accept. */
  public static Optional<Jws> parse(String token) {
    if (token.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    int first = token.indexOf('.');
    int second = first < 0 ? -1 : token.indexOf('.', first + 1);
    if (second < 0 || token.indexOf('.', second + 1) >= 0) {
      return Optional.empty();
    }
    try {
      JsonObject header = json(token.substring(0, first));
      if (!"HS256".equals(header.getValue("alg"))) {
        return Optional.empty();
      }
      JsonObject claims = json(token.substring(first + 1, second));
      byte[] signature = Base64.getUrlDecoder().decode(token.substring(second + 1));
      return Optional.of(new Jws(claims, token.substring(0, second), signature));
    } catch (IllegalArgumentException | DecodeException notAToken) {
      return Optional.empty();
    }
  }

  public boolean signedBy(SigningKey key) {
    return MessageDigest.isEqual(signature, mac(key, signed));
  }

  public static String sign(JsonObject claims, SigningKey key) {
    String signed =
        HEADER
            + "."
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(claims.encode().getBytes(StandardCharsets.UTF_8));
    return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(mac(key, signed));
  }

  private static JsonObject json(String part) {
    return new JsonObject(new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8));
  }

  private static byte[] mac(SigningKey key, String signed) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.secret().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256 is part of every JDK", e);
    }
  }
}
