package dev.weir.e2e.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.e2e.run.Run;
import dev.weir.e2e.run.TestRuns;
import dev.weir.e2e.stack.Site;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Three people, two with today's Element Call and one with an old one, are in an encrypted call
 * that an admin moves from node to node, as a drain and a roll do it. {@code -Dweir.test.moves}
 * makes it a longer journey.
 */
@Tag("browser")
class PlannedMovesTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration WATCHED = Duration.ofMillis(3_500);

  /** As long as LiveKit itself waits for somebody it does not hear of. */
  private static final Duration OFFLINE = Duration.ofSeconds(20);

  private static final int MOVES = Integer.getInteger("weir.test.moves", 10);

  private static Run run;
  private static Site site;
  private static PoolOfNodes nodes;

  @BeforeAll
  static void startASiteOfTwoNodes() {
    run = TestRuns.start(PlannedMovesTest.class, 1, true);
    site = run.federation().site("a");
    nodes = new PoolOfNodes(run, site, 2);
  }

  @AfterAll
  static void everybodyGoesHome() {
    TestRuns.end(run);
  }

  @Test
  void aCallThatIsMovedTimeAndAgainLosesNobodyAndKeepsWhatPeopleSwitchedOff() {
    CallUser alice = run.seat(run.register("alice", site), ElementCall.CURRENT);
    CallUser bob = run.seat(run.register("bob", site), ElementCall.CURRENT);
    CallUser carol = run.seat(run.register("carol", site), ElementCall.LEGACY);
    List<CallUser> people = List.of(alice, bob, carol);
    String room = Calls.among(run, people, SOON);
    // From here on bob is the only one who speaks, and alice and bob the only ones who show
    // themselves: what comes back by itself would be noticed.
    alice.toggleMicrophone();
    carol.toggleMicrophone();
    carol.toggleCamera();
    CallChecks.hearsNobody(bob, SOON);
    List<String> memberEvents = alice.user().callMemberEvents(room);
    String sfuRoom = nodes.room(alice);

    Pictures.of(people, "moved-before");
    List<Gaps.Gap> all = new ArrayList<>();
    String at = nodes.holding(people);
    for (int move = 1; move <= MOVES; move++) {
      String from = at;
      Gaps gaps = new Gaps(List.of(alice, carol));
      if (move % 2 == 0) {
        site.adminApi().emptyNode(from);
      } else {
        site.adminApi().moveRoom(from, sfuRoom);
      }
      gaps.watch(WATCHED);
      assertThat(alice.await(SOON, () -> !nodes.holding(people).matches(from + "|none")))
          .as("everybody is at the other node after move %d", move)
          .isTrue();
      at = nodes.holding(people);
      System.out.printf("move %d to %s: %s%n", move, at, gaps);
      gaps.each().forEach(all::add);
      if (move % 5 == 0 || move == MOVES) {
        CallChecks.see(people, SOON);
        CallChecks.hears(alice, SOON);
        CallChecks.hears(carol, SOON);
      }
    }

    thereAndBackAgain(people, at, sfuRoom);
    CallChecks.hearsNobody(bob, SOON);
    alice.toggleMicrophone();
    CallChecks.hears(bob, SOON);
    Pictures.of(people, "moved-after");
    for (CallUser person : people) {
      assertThat(person.tiles()).as("people that %s shows", person.name()).isEqualTo(3);
      CallChecks.encryptsEverything(person);
      CallChecks.decryptsEverything(person, Duration.ofSeconds(1));
    }
    assertThat(alice.user().callMemberEvents(room)).as("nobody left").isEqualTo(memberEvents);
    System.out.printf(
        "%d moves: at most %.1f s without audio, %.1f s without video%n",
        MOVES,
        all.stream().mapToDouble(Gaps.Gap::audio).max().orElseThrow(),
        all.stream().mapToDouble(Gaps.Gap::video).max().orElseThrow());
    // Wide, for machines on which browsers starve; the figures are printed for those who compare.
    for (Gaps.Gap gap : all) {
      assertThat(gap.audio()).as("audio of %s", gap.person().name()).isLessThan(5);
      assertThat(gap.video()).as("video of %s", gap.person().name()).isLessThan(8);
    }
    people.forEach(CallUser::leave);
  }

  /**
   * Two moves in such a hurry that the clients are not done with the first when the second comes.
   */
  private static void thereAndBackAgain(List<CallUser> people, String home, String room) {
    CallUser first = people.getFirst();
    site.adminApi().moveRoom(home, room);
    assertThat(first.await(SOON, () -> !nodes.holding(people).matches(home + "|none"))).isTrue();
    site.adminApi().emptyNode(nodes.holding(people));
    assertThat(first.await(SOON, () -> nodes.holding(people).equals(home)))
        .as("everybody is at %s again", home)
        .isTrue();
    CallChecks.see(people, SOON);
    CallChecks.hears(first, SOON);
    CallChecks.hears(people.getLast(), SOON);
  }

  @Test
  void aSharedScreenGoesAlong() {
    CallUser speaker = run.seat(run.register("dana", site), ElementCall.CURRENT);
    CallUser listener = run.seat(run.register("emil", site), ElementCall.LEGACY);
    List<CallUser> people = List.of(speaker, listener);
    Calls.among(run, people, SOON);
    speaker.toggleCamera();
    speaker.toggleScreenShare();
    CallChecks.seesPictures(listener, 1, SOON);
    Pictures.of(people, "share-before");

    for (int move = 1; move <= 2; move++) {
      String from = nodes.holding(people);
      site.adminApi().moveRoom(from, nodes.room(speaker));
      assertThat(speaker.await(SOON, () -> !nodes.holding(people).matches(from + "|none")))
          .isTrue();
      CallChecks.seesPictures(listener, 1, SOON);
      CallChecks.seesPictures(speaker, 1, SOON);
    }
    Pictures.of(people, "share-after");
    speaker.toggleScreenShare();
    CallChecks.seesPictures(listener, 0, SOON);
    people.forEach(CallUser::leave);
  }

  @Test
  void whoJoinsInTheMomentOfAMoveIsInTheCall() throws InterruptedException {
    CallUser host = run.seat(run.register("amy", site), ElementCall.CURRENT);
    CallUser guest = run.seat(run.register("chris", site), ElementCall.LEGACY);
    List<CallUser> people = List.of(host, guest);
    String room = run.room(people.stream().map(CallUser::user).toList());
    host.open(room);
    host.join();
    guest.open(room);
    String home = nodes.holding(List.of(host));
    String sfuRoom = nodes.room(host);

    Thread mover =
        Thread.ofVirtual()
            .start(
                () -> {
                  await().atMost(SOON).until(() -> nodes.holding(people).equals(home));
                  site.adminApi().moveRoom(home, sfuRoom);
                });
    guest.join();
    mover.join();

    assertThat(host.await(SOON, () -> !nodes.holding(people).matches(home + "|none")))
        .as("both are at the other node")
        .isTrue();
    CallChecks.see(people, SOON);
    people.forEach(person -> CallChecks.hears(person, SOON));
    people.forEach(CallUser::leave);
  }

  @Test
  void whoIsOfflineWhileTheCallMovesFindsItAgain() throws IOException, InterruptedException {
    CallUser alice = run.seat(run.register("anna", site), ElementCall.CURRENT);
    BrowserProcesses.Seated away =
        BrowserProcesses.seat(run, run.register("ben", site), ElementCall.CURRENT);
    List<CallUser> people = List.of(alice, away.person());
    String room = Calls.among(run, people, SOON);
    List<String> memberEvents = alice.user().callMemberEvents(room);
    String from = nodes.holding(people);

    Pictures.of(people, "offline-before");
    away.browser().stop();
    site.adminApi().moveRoom(from, nodes.room(alice));
    alice.pause(OFFLINE);
    away.browser().goOn();

    assertThat(alice.await(SOON, () -> !nodes.holding(people).matches(from + "|none")))
        .as("both are at the other node")
        .isTrue();
    CallChecks.see(people, SOON);
    for (CallUser person : people) {
      CallChecks.hears(person, SOON);
    }
    Pictures.of(people, "offline-after");
    assertThat(alice.user().callMemberEvents(room)).as("nobody left").isEqualTo(memberEvents);
    people.forEach(CallUser::leave);
  }
}
