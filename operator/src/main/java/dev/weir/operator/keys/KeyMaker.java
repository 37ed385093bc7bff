package dev.weir.operator.keys;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.function.Supplier;

/** Makes API keys: a name that can be told, and a secret of 256 bits. */
public final class KeyMaker implements Supplier<KeyRing.Key> {
  private final SecureRandom random;
  private final InstantSource clock;

  public KeyMaker(SecureRandom random, InstantSource clock) {
    this.random = random;
    this.clock = clock;
  }

  @Override
  public KeyRing.Key get() {
    byte[] name = new byte[6];
    byte[] secret = new byte[32];
    random.nextBytes(name);
    random.nextBytes(secret);
    return new KeyRing.Key(
        "weir-" + HexFormat.of().formatHex(name),
        Base64.getUrlEncoder().withoutPadding().encodeToString(secret),
        clock.instant().truncatedTo(ChronoUnit.SECONDS));
  }
}
