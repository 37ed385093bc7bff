package dev.weir.session.world;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs a property over generated cases, and makes a failing one small before it is shown. */
final class Generated {
  static final int CASES = Integer.getInteger("weir.property.cases", 5000);
  private static final long SEED = Long.getLong("weir.property.seed", 0x5EED_0000_0000L + CASES);

  private Generated() {}

  /** A property throws AssertionError where it does not hold. */
  interface Property {
    void check(Scenario scenario);
  }

  static void sessions(String name, Scenario.Flavour flavour, Property property) {
    announce(name);
    for (int i = 0; i < CASES; i++) {
      long seed = SEED + i * 7919L;
      Scenario scenario = Scenario.random(seed, flavour);
      @Nullable Throwable failure = failure(property, scenario);
      if (failure != null) {
        Scenario small = shrink(scenario, property);
        @Nullable Throwable last = failure(property, small);
        throw new AssertionError(
            "%s fails; -Dweir.property.seed=%d, case %d; smallest: %s%n%s"
                .formatted(name, seed, i, small, (last == null ? failure : last).getMessage()),
            last == null ? failure : last);
      }
    }
  }

  private static void announce(String name) {
    System.out.printf("property \"%s\": seed %d, %d cases%n", name, SEED, CASES);
  }

  private static @Nullable Throwable failure(Property property, Scenario scenario) {
    try {
      property.check(scenario);
      return null;
    } catch (AssertionError | RuntimeException e) {
      return e;
    }
  }

  private static Scenario shrink(Scenario failing, Property property) {
    Scenario small = failing;
    boolean smaller = true;
    while (smaller) {
      smaller = false;
      for (int chunk = Math.max(1, small.ops().size() / 2); chunk >= 1; chunk /= 2) {
        for (int at = 0; at + chunk <= small.ops().size(); ) {
          List<Op> fewer = new ArrayList<>(small.ops());
          fewer.subList(at, at + chunk).clear();
          Scenario candidate = small.with(fewer);
          if (failure(property, candidate) != null) {
            small = candidate;
            smaller = true;
          } else {
            at += chunk;
          }
        }
      }
      for (int i = 0; small.clients().size() > 1 && i < small.clients().size(); i++) {
        Scenario candidate = small.without(i);
        if (failure(property, candidate) != null) {
          small = candidate;
          smaller = true;
        }
      }
    }
    return small;
  }
}
