package dev.weir.e2e.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.e2e.matrix.MatrixUser;
import dev.weir.e2e.run.CallView;
import dev.weir.e2e.run.Run;
import dev.weir.e2e.run.TestRuns;
import dev.weir.e2e.stack.Site;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Clients that disagree about the focus are in one call: old ones follow the oldest member, today's
 * stay at their own focus, and whoever is first must not matter.
 */
@Tag("browser")
class MixedClientsTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration ONE_CALL_WITHIN = Duration.ofSeconds(10);
  private static final AtomicInteger CALLS = new AtomicInteger();

  private static Run run;

  @BeforeAll
  static void startTwoSites() {
    run = TestRuns.start(MixedClientsTest.class, 2, true);
  }

  @AfterAll
  static void everybodyGoesHome() {
    TestRuns.end(run);
  }

  @AfterEach
  void leave() {
    run.sendEverybodyHome();
  }

  @ParameterizedTest(name = "{0} at a first, then {1} at b")
  @CsvSource({
    "LEGACY, LEGACY",
    "LEGACY, CURRENT",
    "CURRENT, LEGACY",
    "OLDEST_MEMBERSHIP, OLDEST_MEMBERSHIP",
    "OLDEST_MEMBERSHIP, CURRENT",
    "CURRENT, OLDEST_MEMBERSHIP"
  })
  void areInOneCallEachAtTheOwnSite(ElementCall first, ElementCall second) {
    CallUser alice = seat("alice", "a", first);
    CallUser bob = seat("bob", "b", second);
    String room = run.room(List.of(alice.user(), bob.user()));
    alice.open(room);
    alice.join();
    bob.open(room);
    bob.join();

    seeAndHearEachOther(alice, bob);
    attachedOnlyToOwnSite(alice);
    attachedOnlyToOwnSite(bob);
  }

  @Test
  void twoLegacyClientsThatBothBelieveToBeTheOldestAreInOneCall() {
    CallUser alice = seat("alice", "a", ElementCall.LEGACY);
    CallUser bob = seat("bob", "b", ElementCall.LEGACY);
    alice.believesThatOthersJoinedLater(Duration.ofHours(1));
    bob.believesThatOthersJoinedLater(Duration.ofHours(1));
    String room = run.room(List.of(alice.user(), bob.user()));
    alice.open(room);
    bob.open(room);
    alice.join();
    bob.join();
    List.of(alice, bob).forEach(MixedClientsTest::isConnected);

    CallChecks.seeTheFirstFrames(List.of(alice, bob), ONE_CALL_WITHIN);
    seeAndHearEachOther(alice, bob);
    attachedOnlyToOwnSite(alice);
    attachedOnlyToOwnSite(bob);
    for (Site site : run.federation().sites()) {
      assertThat(site.router().explain(room))
          .as("what an admin of %s reads", site.name())
          .contains("legacy members disagree: foci", "they are one call by R2 and R3");
      assertThat(site.router().metric("weir_slots_disagreeing")).hasValue(1);
    }
  }

  @Test
  void aReloadWithTheSameDeviceThrowsNobodyOutAndLeavesNoCopyBehind() {
    CallUser alice = seat("alice", "a", ElementCall.CURRENT);
    CallUser bob = seat("bob", "b", ElementCall.CURRENT);
    String room = run.room(List.of(alice.user(), bob.user()));
    alice.open(room);
    alice.join();
    bob.open(room);
    bob.join();
    seeAndHearEachOther(alice, bob);
    Map<String, List<String>> before = everybodyAtTheNodes();

    bob.reload();

    seeAndHearEachOther(alice, bob);
    assertThat(alice.await(SOON, () -> alice.tiles() == 2)).as("one tile of bob").isTrue();
    attachedOnlyToOwnSite(alice);
    attachedOnlyToOwnSite(bob);
    atTheNodesSoon(alice, before);

    bob.leave();
    nobodyIsLeftOf(bob, alice);
    alice.leave();
    atTheNodesSoon(alice, Map.of("a", List.of(), "b", List.of()));
  }

  @Test
  void aSecondDeviceOfAUserJoinsBesideTheFirst() {
    CallUser alice = seat("alice", "a", ElementCall.CURRENT);
    CallUser bob = seat("bob", "b", ElementCall.CURRENT);
    String room = run.room(List.of(alice.user(), bob.user()));
    alice.open(room);
    alice.join();
    bob.open(room);
    bob.join();
    seeAndHearEachOther(alice, bob);

    CallUser bobsPhone = run.seat(run.secondDevice(bob.user()), ElementCall.CURRENT);
    bobsPhone.open(room);
    bobsPhone.join();

    assertThat(alice.await(SOON, () -> alice.tiles() == 3)).as("three tiles").isTrue();
    seeAndHearEachOther(alice, bobsPhone);
    CallChecks.sees(bob, SOON);
    attachedOnlyToOwnSite(bobsPhone);

    bobsPhone.leave();
    nobodyIsLeftOf(bobsPhone, alice);
    assertThat(alice.await(SOON, () -> alice.tiles() == 2)).as("bob's first device").isTrue();
    CallChecks.sees(alice, SOON);
  }

  /**
   * Everybody in all rooms of each site's node, copies too: what a relay left behind shows here.
   */
  private static Map<String, List<String>> everybodyAtTheNodes() {
    return run.federation().sites().stream()
        .collect(Collectors.toMap(Site::name, site -> site.nodeApi().everybody()));
  }

  private static void atTheNodesSoon(CallUser waiting, Map<String, List<String>> expected) {
    waiting.await(SOON, () -> everybodyAtTheNodes().equals(expected));
    assertThat(everybodyAtTheNodes()).as("everybody at the nodes").isEqualTo(expected);
  }

  /** Neither the client itself nor a copy of it is in a room of any node. */
  private static void nobodyIsLeftOf(CallUser gone, CallUser waiting) {
    String identity = gone.name() + ":" + gone.user().deviceId();
    BooleanSupplier noneLeft =
        () -> everybodyAtTheNodes().values().stream().noneMatch(all -> all.contains(identity));
    waiting.await(SOON, noneLeft);
    assertThat(everybodyAtTheNodes().values()).noneMatch(all -> all.contains(identity));
  }

  private static CallUser seat(String name, String site, ElementCall build) {
    MatrixUser user = run.register(name + CALLS.incrementAndGet(), run.federation().site(site));
    return run.seat(user, build);
  }

  private static void seeAndHearEachOther(CallUser one, CallUser other) {
    CallChecks.see(List.of(one, other), SOON);
    CallChecks.hears(one, SOON);
    CallChecks.hears(other, SOON);
  }

  private static void isConnected(CallUser person) {
    assertThat(person.await(SOON, () -> !attachedTo(person).isEmpty()))
        .as("%s is connected to an SFU", person.name())
        .isTrue();
  }

  private static List<String> attachedTo(CallUser person) {
    return CallView.of(person, run.federation().sites()).attachedTo();
  }

  private static void attachedOnlyToOwnSite(CallUser person) {
    assertThat(attachedTo(person))
        .as("sites at whose SFUs the peer connections of %s end", person.name())
        .containsExactly(person.user().site().name());
  }
}
