package dev.weir.service.peering;

import dev.weir.session.Site;
import java.util.Arrays;
import java.util.List;

/**
 * LiveKit identities of those who pull: one for each layer, stable for a receiving site, so that a
 * new owner of a leg replaces the old one's participants instead of doubling them.
 */
public final class PullIdentity {
  private static final String PREFIX = "weir-pull:";

  private enum Layer {
    LOW,
    MEDIUM,
    HIGH
  }

  private PullIdentity() {}

  /** For LOW, MEDIUM and HIGH, in this order. */
  public static List<String> of(Site receiver) {
    return Arrays.stream(Layer.values()).map(l -> PREFIX + receiver.name() + ":" + l).toList();
  }

  public static boolean isOne(String identity) {
    return identity.startsWith(PREFIX);
  }
}
