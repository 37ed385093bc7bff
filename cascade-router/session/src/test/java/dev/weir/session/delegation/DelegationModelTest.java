package dev.weir.session.delegation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random schedules against the three invariants: never a send while the member has a
 * publishing-capable attachment; always a send or an expiry when it is gone; at most one live
 * delayed event per member and slot. A failing schedule is made smaller before it is shown.
 */
class DelegationModelTest {
  private static final int SCHEDULES = Integer.getInteger("weir.model.schedules", 6_000);

  private enum What {
    DELEGATE,
    TOKEN,
    CONNECT,
    LEAVE,
    RELOAD,
    MOVE,
    ROLL_OUT,
    KILL_NODE,
    HOMESERVER_AWAY,
    HOMESERVER_LIMITS,
    LOSE_WEBHOOKS,
    GET_WEBHOOKS,
    TAKE_OVER,
    NOTHING
  }

  private record Doing(What what, long pause) {}

  @Test
  void holdsTheInvariantsInEverySchedule() {
    long base = Long.getLong("weir.model.seed", System.nanoTime());
    System.out.println("delegation model: seed " + base + ", " + SCHEDULES + " schedules");
    for (int i = 0; i < SCHEDULES; i++) {
      long seed = base + i;
      List<Doing> schedule = schedule(new Random(seed));
      Optional<String> broken = run(seed, schedule);
      if (broken.isPresent()) {
        List<Doing> small = shrink(seed, schedule);
        assertThat(run(seed, small).orElse("?"))
            .as("seed %d (-Dweir.model.seed=%d), schedule %s", seed, seed, small)
            .isEmpty();
      }
    }
  }

  /** The checks can fail: a router that believes every leave at once is found out. */
  @Test
  void findsOutAMachineThatSendsToLiveMembers() {
    SimulatedWorld world = new SimulatedWorld(5);
    world.delegate();
    world.connect();
    world.run(20_000);
    assertThat(world.log()).anyMatch(line -> line.contains("RESTART"));
    assertThatThrownBy(world::pretendToSend).isInstanceOf(SimulatedWorld.Broken.class);
  }

  private static List<Doing> schedule(Random random) {
    List<Doing> schedule = new ArrayList<>();
    schedule.add(new Doing(What.TOKEN, random.nextInt(1_000)));
    boolean first = random.nextBoolean();
    schedule.add(new Doing(first ? What.DELEGATE : What.CONNECT, random.nextInt(2_000)));
    schedule.add(new Doing(first ? What.CONNECT : What.DELEGATE, random.nextInt(2_000)));
    int length = 3 + random.nextInt(15);
    for (int i = 0; i < length; i++) {
      What what = What.values()[random.nextInt(What.values().length)];
      long pause =
          switch (random.nextInt(3)) {
            case 0 -> random.nextInt(300);
            case 1 -> random.nextInt(5_000);
            default -> random.nextInt(40_000);
          };
      schedule.add(new Doing(what, pause));
    }
    return schedule;
  }

  private static Optional<String> run(long seed, List<Doing> schedule) {
    SimulatedWorld world = new SimulatedWorld(seed);
    try {
      for (Doing doing : schedule) {
        switch (doing.what()) {
          case DELEGATE -> world.delegate();
          case TOKEN -> world.token();
          case CONNECT -> world.connect();
          case LEAVE -> world.leave();
          case RELOAD -> world.reload();
          case MOVE -> world.move();
          case ROLL_OUT -> world.shutdownOfNode();
          case KILL_NODE -> world.killOfNode();
          case HOMESERVER_AWAY -> world.homeserverAway();
          case HOMESERVER_LIMITS -> world.homeserverLimits();
          case LOSE_WEBHOOKS -> world.webhooksLost(true);
          case GET_WEBHOOKS -> world.webhooksLost(false);
          case TAKE_OVER -> world.takeOver();
          case NOTHING -> {}
        }
        world.run(doing.pause());
      }
      world.settleAttached();
      world.settleGone();
      return Optional.empty();
    } catch (SimulatedWorld.Broken broken) {
      List<String> log = world.log();
      return Optional.of(
          broken.getMessage()
              + "\n"
              + String.join("\n", log.subList(Math.max(0, log.size() - 60), log.size())));
    }
  }

  private static List<Doing> shrink(long seed, List<Doing> failing) {
    List<Doing> small = new ArrayList<>(failing);
    for (boolean smaller = true; smaller; ) {
      smaller = false;
      for (int i = small.size() - 1; i >= 0; i--) {
        List<Doing> without = new ArrayList<>(small);
        without.remove(i);
        if (run(seed, without).isPresent()) {
          small = without;
          smaller = true;
        }
      }
    }
    return small;
  }
}
