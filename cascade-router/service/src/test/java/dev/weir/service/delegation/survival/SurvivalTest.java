package dev.weir.service.delegation.survival;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.service.delegation.CountingHomeserver.Event;
import dev.weir.service.delegation.CountingHomeserver.Fate;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever breaks, nobody who is in a call leaves it, and whoever hangs up does. Delays are short,
 * and so are the faults. The same routers live through all of them.
 */
@Tag("real")
@TestMethodOrder(MethodOrderer.MethodName.class)
class SurvivalTest {
  private static final long SHORT = 6_000;

  /** Leaves more than two seconds between the restart and the end of the delay. */
  private static final long MEDIUM = 12_000;

  /** Longer than two routers need to start, even on a busy machine. */
  private static final long LONG = 600_000;

  private static final Duration LEFT = Duration.ofSeconds(10);

  /** Who is not in a room less than 30 s old may still be on the way there, for a new owner. */
  private static final Duration LEFT_OF_A_YOUNG_ROOM = Duration.ofSeconds(40);

  @TempDir private static Path folder;
  private static Optional<World> running = Optional.empty();

  /** People in a call that no webhook tells of: they live through all that happens to others. */
  private static List<Person> untold = List.of();

  @BeforeAll
  static void open() throws IOException {
    World world = new World(folder);
    running = Optional.of(world);
    untold = List.of(world.seat(world.untold, LONG), world.seat(world.untold, LONG));
    world.awaitUp(untold);
  }

  @AfterAll
  static void close() throws IOException {
    if (running.isPresent()) {
      running.get().close();
    }
  }

  private static World world() {
    return running.orElseThrow();
  }

  private static Event leaveOf(World.Home home, Person person) {
    return home.homeserver().event(person.delayId);
  }

  /** All of them: one restart after another, and nothing has fired or was sent. */
  private static void staysInCare(World.Home home, Person... people) {
    Map<Person, Integer> before = new HashMap<>();
    for (Person person : people) {
      before.put(person, leaveOf(home, person).restarts());
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                before.entrySet().stream()
                    .allMatch(each -> leaveOf(home, each.getKey()).restarts() > each.getValue()));
    for (Person person : people) {
      assertThat(leaveOf(home, person).fate()).as(person.user).isEqualTo(Fate.ALIVE);
    }
  }

  /** From one restart on until the next one is due, and a little more. */
  private static void passABeatInTrouble(
      World.Home home, Person person, Consumer<Boolean> trouble) {
    staysInCare(home, person);
    trouble.accept(true);
    pass(Duration.ofMillis(MEDIUM * 8 / 10 + 500));
    trouble.accept(false);
    staysInCare(home, person);
  }

  private static void leaves(World.Home home, Person person, Duration within) {
    person.hangUp();
    await()
        .atMost(within)
        .untilAsserted(
            () -> assertThat(leaveOf(home, person).fate()).as(person.user).isEqualTo(Fate.SENT));
  }

  private static void pass(Duration time) {
    await().pollDelay(time).atMost(time.plusSeconds(5)).until(() -> true);
  }

  @Test
  void aClientThatReconnectsAndAUserWithTwoDevices() {
    World.Home home = world().told;
    Person phone = world().seat(home, "@two:told.example", "PHONE", SHORT);
    Person laptop = world().seat(home, "@two:told.example", "LAPTOP", SHORT);
    world().awaitUp(List.of(phone, laptop));

    phone.reconnect();
    await().atMost(Duration.ofSeconds(20)).until(() -> phone.joins() == 2);
    staysInCare(home, phone, laptop);

    leaves(home, laptop, LEFT);
    staysInCare(home, phone);
    leaves(home, phone, LEFT);
  }

  @Test
  void aReloadWithANewLeaveCancelsTheOldOne() {
    World.Home home = world().told;
    Person before = world().seat(home, "@reload:told.example", "D", SHORT);
    world().awaitUp(List.of(before));
    staysInCare(home, before);

    // The tab is closed without a word, and opened again.
    Person after = world().seat(home, "@reload:told.example", "D", SHORT);
    world().awaitUp(List.of(after));
    await().atMost(LEFT).until(() -> leaveOf(home, before).fate() == Fate.CANCELLED);
    staysInCare(home, after);
    leaves(home, after, LEFT);
  }

  @Test
  void theClocksOfTheRoutersJump() throws IOException {
    World.Home home = world().told;
    Person stays = world().seat(home, SHORT);
    Person goes = world().seat(home, SHORT);
    world().awaitUp(List.of(stays, goes));
    staysInCare(home, stays);
    for (Duration jump : List.of(Duration.ofHours(1), Duration.ofHours(-1), Duration.ZERO)) {
      world().jumpClock(jump);
      await()
          .until(
              () ->
                  Duration.between(Instant.now(), world().one.clock()).minus(jump).abs().toMinutes()
                      == 0);
      staysInCare(home, stays, goes);
    }
    leaves(home, goes, LEFT);
    staysInCare(home, stays);
    assertThat(leaveOf(home, stays).longestGap()).isLessThan(SHORT);
    leaves(home, stays, LEFT);
  }

  @Test
  void theDatabaseIsAwayForMuchLongerThanTheDelay() throws IOException {
    World.Home home = world().told;
    Person stays = world().seat(home, SHORT);
    Person goes = world().seat(home, SHORT);
    world().awaitUp(List.of(stays, goes));

    world().stopDatabase();
    home.homeserver().schedule("refused", SHORT);
    World.Reply refused =
        world().ask(home, "@late:told.example", "D", Optional.of("refused"), SHORT);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.body().path("errcode").asText()).isEqualTo("M_BAD_JSON");
    assertThat(world().ask(home, "@late:told.example", "D", Optional.empty(), 0).status())
        .as("who keeps its leave itself is served")
        .isEqualTo(200);
    assertThat(world().metric("weir_delegation_store_away")).isPositive();
    pass(Duration.ofSeconds(8));
    leaves(home, goes, LEFT);
    staysInCare(home, stays);

    world().startDatabase();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> world().metric("weir_delegation_store_away") == 0);
    Person after = world().seat(home, SHORT);
    world().awaitUp(List.of(after));
    staysInCare(home, after);
    leaves(home, after, LEFT);
    leaves(home, stays, LEFT);
  }

  @Test
  void theHomeserverIsAwayForLessThanTheDelayAndThenForMore() {
    World.Home home = world().told;
    Person shortDelay = world().seat(home, MEDIUM);
    Person longDelay = world().seat(home, LONG);
    world().awaitUp(List.of(shortDelay, longDelay));
    passABeatInTrouble(home, shortDelay, home.homeserver()::away);
    passABeatInTrouble(home, shortDelay, home.homeserver()::broken);

    double limited = world().metric("weir_delegation_ratelimited_total", home.server());
    home.homeserver().refuse(2, "1");
    staysInCare(home, shortDelay);
    assertThat(world().metric("weir_delegation_ratelimited_total", home.server()))
        .isEqualTo(limited + 2);
    assertThat(world().metric("weir_delegation_restart_lateness_seconds_count")).isPositive();
    assertThat(world().metric("weir_delegation_jobs", "connected")).isGreaterThanOrEqualTo(2);

    double expired = world().metric("weir_delegation_ended_total", "expired");
    home.homeserver().away(true);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> world().metric("weir_delegation_ended_total", "expired") == expired + 1);
    home.homeserver().away(false);
    assertThat(leaveOf(home, shortDelay).fate()).isEqualTo(Fate.FIRED);
    assertThat(leaveOf(home, longDelay).fate()).isEqualTo(Fate.ALIVE);
    leaves(home, longDelay, LEFT);
  }

  @Test
  void theNodeIsKilledAndStartedAgainUnderACall() throws Exception {
    World.Home home = world().told;
    Person stays = world().seat(home, SHORT);
    Person goes = world().seat(home, SHORT);
    world().awaitUp(List.of(stays, goes));

    home.node().killAndStartAgain();
    await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> stays.joins() > 1 && goes.joins() > 1 && stays.isUp() && goes.isUp());
    staysInCare(home, stays, goes);
    // What a node does not list soon after its start proves nothing, but its own word counts.
    leaves(home, goes, LEFT);
    staysInCare(home, stays);
    leaves(home, stays, LEFT_OF_A_YOUNG_ROOM);
  }

  @Test
  void theRoutersAreKilledOneAndThenBoth() throws Exception {
    World.Home home = world().told;
    Person brief = world().seat(home, SHORT);
    Person goes = world().seat(home, SHORT);
    Person stays = world().seat(home, LONG);
    Person vanishes = world().seat(home, LONG);
    List<Person> all = List.of(brief, goes, stays, vanishes);
    world().awaitUp(all);
    await().until(() -> leaveOf(home, stays).restarts() > 0);
    staysInCare(home, brief);

    world().one.kill();
    staysInCare(home, brief, goes);
    assertThat(leaveOf(home, brief).longestGap()).isLessThan(SHORT);
    leaves(home, goes, LEFT_OF_A_YOUNG_ROOM);

    int before = leaveOf(home, stays).restarts();
    world().two.kill();
    pass(Duration.ofMillis(SHORT));
    vanishes.hangUp();
    int sends = home.homeserver().calls("send");
    world().two.start();
    world().two.awaitReady();
    await().atMost(Duration.ofSeconds(10)).until(() -> leaveOf(home, stays).restarts() > before);
    assertThat(leaveOf(home, brief).fate()).as("nobody was there in time").isEqualTo(Fate.FIRED);
    assertThat(leaveOf(home, stays).fate()).isEqualTo(Fate.ALIVE);
    world().one.start();
    world().one.awaitReady();
    // Nobody heard it hang up: it is missed, and given the time to come back.
    await().atMost(Duration.ofSeconds(60)).until(() -> leaveOf(home, vanishes).fate() == Fate.SENT);
    assertThat(home.homeserver().calls("send"))
        .as("what has fired is not sent again")
        .isEqualTo(sends + 1);
    leaves(home, stays, LEFT);
  }

  @Test
  void theyWhoseWebhooksAreAllLostWereHereAllTheTimeAndLeaveWhenTheyGo() {
    World.Home home = world().untold;
    Person stays = untold.getFirst();
    Person goes = untold.getLast();
    assertThat(leaveOf(home, stays).fate()).isEqualTo(Fate.ALIVE);
    assertThat(leaveOf(home, goes).fate()).isEqualTo(Fate.ALIVE);
    Person brief = world().seat(home, SHORT);
    world().awaitUp(List.of(brief));
    staysInCare(home, brief);
    // The node is asked about each room every 15 s; of a room that is older than the grace, its
    // "not there" is believed.
    leaves(home, goes, Duration.ofSeconds(20));
    staysInCare(home, brief);
    assertThat(leaveOf(home, stays).fate()).isEqualTo(Fate.ALIVE);
    assertThat(home.homeserver().calls("send")).isEqualTo(1);
  }
}
