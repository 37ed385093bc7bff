package dev.weir.service.gate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How much one client address may ask of the gate: handshakes per time (a token bucket) and
 * connections at one time. An address that is at rest takes no memory.
 */
final class AddressLimits {

  private record Use(int open, double tokens, Instant at) {}

  private final GateSettings settings;
  private final Clock clock;
  private final Map<String, Use> uses = new ConcurrentHashMap<>();

  AddressLimits(GateSettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /** Counts a handshake in; when it says true, {@link #leave} must follow some time. */
  boolean enter(String address) {
    boolean[] entered = {false};
    uses.compute(
        address,
        (key, use) -> {
          Use now = refilled(use);
          if (now.open() < settings.connectionsPerAddress() && now.tokens() >= 1) {
            entered[0] = true;
            return new Use(now.open() + 1, now.tokens() - 1, now.at());
          }
          return now;
        });
    return entered[0];
  }

  void leave(String address) {
    uses.computeIfPresent(
        address,
        (key, use) -> {
          Use now = refilled(use);
          Use after = new Use(now.open() - 1, now.tokens(), now.at());
          return atRest(after) ? null : after;
        });
  }

  /** Forgets addresses that have nothing open and a full bucket; to be called now and then. */
  void sweep() {
    for (String address : uses.keySet()) {
      uses.computeIfPresent(
          address,
          (key, use) -> {
            Use now = refilled(use);
            return atRest(now) ? null : now;
          });
    }
  }

  int remembered() {
    return uses.size();
  }

  private boolean atRest(Use use) {
    return use.open() <= 0 && use.tokens() >= settings.upgradeBurst();
  }

  private Use refilled(@org.jspecify.annotations.Nullable Use use) {
    Instant now = clock.instant();
    if (use == null) {
      return new Use(0, settings.upgradeBurst(), now);
    }
    double seconds = Math.max(0, Duration.between(use.at(), now).toNanos() / 1e9);
    double tokens =
        Math.min(settings.upgradeBurst(), use.tokens() + seconds * settings.upgradesPerSecond());
    return new Use(use.open(), tokens, now);
  }
}
