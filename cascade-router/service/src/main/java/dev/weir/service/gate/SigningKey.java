package dev.weir.service.gate;

import java.nio.charset.StandardCharsets;

/** An API key of LiveKit's kind: the id travels as {@code iss}, the secret signs with HS256. */
public record SigningKey(String id, String secret) {

  byte[] secretBytes() {
    return secret.getBytes(StandardCharsets.UTF_8);
  }

  /** Never the secret: records of keys end up in log lines and assertion texts. */
  @Override
  public String toString() {
    return "SigningKey[" + id + "]";
  }
}
