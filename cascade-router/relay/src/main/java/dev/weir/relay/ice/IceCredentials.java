package dev.weir.relay.ice;

import java.util.random.RandomGenerator;

/** User fragment and password of one side of an ICE session. */
public record IceCredentials(String fragment, String password) {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  /** Fresh credentials; {@code random} must be a secure one outside tests. */
  public static IceCredentials random(RandomGenerator random) {
    return new IceCredentials(text(random, 8), text(random, 24));
  }

  private static String text(RandomGenerator random, int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return text.toString();
  }

  @Override
  public String toString() {
    return "IceCredentials[fragment=" + fragment + "]";
  }
}
