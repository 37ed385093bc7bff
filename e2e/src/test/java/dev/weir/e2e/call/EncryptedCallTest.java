package dev.weir.e2e.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.e2e.matrix.MatrixUser;
import dev.weir.e2e.run.CallView;
import dev.weir.e2e.run.Run;
import dev.weir.e2e.run.TestRuns;
import dev.weir.e2e.stack.Site;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The reason for Weir, with unmodified clients and servers: alice of site a and bob of site b are
 * in one encrypted call, and each of them is attached to the SFU of the own homeserver only. One
 * call is told as a story, so the order counts.
 */
@Tag("browser")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EncryptedCallTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private static final Duration FIRST_FRAMES = Duration.ofSeconds(40);
  private static final Duration BROUGHT_AGAIN = Duration.ofSeconds(5);
  private static final Duration CLIENT_RETRIES = Duration.ofSeconds(45);

  private static Run run;
  private static CallUser alice;
  private static CallUser bob;
  private static String room;

  @BeforeAll
  static void aliceAndBobJoin() {
    run = TestRuns.start(EncryptedCallTest.class, 2, true);
    MatrixUser aliceAtA = run.register("alice", run.federation().site("a"));
    MatrixUser bobAtB = run.register("bob", run.federation().site("b"));
    room = run.room(List.of(aliceAtA, bobAtB));
    alice = run.seat(aliceAtA, ElementCall.CURRENT);
    bob = run.seat(bobAtB, ElementCall.CURRENT);
    alice.open(room);
    bob.open(room);
    alice.join();
    bob.join();
  }

  @AfterAll
  static void everybodyGoesHome() {
    TestRuns.end(run);
  }

  @Test
  @Order(1)
  void eachSeesTheOther() throws IOException {
    for (CallUser person : List.of(alice, bob)) {
      CallChecks.seesTheFirstFrames(person, FIRST_FRAMES);
      CallChecks.seesAMovingPicture(person, SOON);
    }
    Pictures.sideBySide(
        alice.screenshot(Path.of("target", "call-alice.png")),
        bob.screenshot(Path.of("target", "call-bob.png")),
        Path.of("target", "call.png"));
  }

  @Test
  @Order(2)
  void eachHearsTheOther() {
    CallChecks.hears(alice, SOON);
    CallChecks.hears(bob, SOON);
  }

  @Test
  @Order(3)
  void mediaIsEncryptedByTheClientsAndNothingFailsToDecrypt() {
    for (CallUser person : List.of(alice, bob)) {
      CallChecks.encryptsEverything(person);
      CallChecks.decryptsEverything(person, Duration.ofSeconds(3));
      assertThat(run.federation().site(person.user().site().name()).nodeApi().encryptionOfTracks())
          .as("how the SFU of %s was told that its tracks are encrypted", person.name())
          .isNotEmpty()
          .containsOnly("GCM");
    }
  }

  @Test
  @Order(4)
  void everyPeerConnectionEndsAtTheOwnSite() {
    assertThat(alice.tiles()).isEqualTo(2);
    assertThat(bob.tiles()).isEqualTo(2);
    attachedOnlyToOwnSite(alice);
    attachedOnlyToOwnSite(bob);
  }

  @Test
  @Order(5)
  void aMutedMicrophoneFallsSilentAtTheOtherSiteAndComesBack() {
    alice.toggleMicrophone();
    CallChecks.hearsNobody(bob, SOON);
    alice.toggleMicrophone();
    CallChecks.hears(bob, SOON);
    CallChecks.decryptsEverything(bob, Duration.ofSeconds(1));
  }

  @Test
  @Order(6)
  void aCameraThatIsSwitchedOffGoesDarkAtTheOtherSiteAndComesBack() {
    bob.toggleCamera();
    CallChecks.seesNothing(alice, SOON);
    bob.toggleCamera();
    CallChecks.sees(alice, SOON);
    CallChecks.decryptsEverything(alice, Duration.ofSeconds(1));
  }

  @Test
  @Order(7)
  void aRouterThatIsKilledTakesNobodyOutOfTheCall() {
    List<String> memberEvents = alice.user().callMemberEvents(room);
    Site b = run.federation().site("b");
    b.router().kill();
    long sentBefore = sent(bob);
    bob.pause(Duration.ofSeconds(2));
    assertThat(sent(bob)).as("bob still publishes at his own SFU").isGreaterThan(sentBefore);

    Instant restart = Instant.now();
    b.router().startAgain();
    Instant started = Instant.now();
    // How long the start itself took says how fast this machine is just now.
    Duration start = Duration.between(restart, started);
    Duration patience = start.compareTo(BROUGHT_AGAIN) > 0 ? start : BROUGHT_AGAIN;
    assertThat(
            bob.await(
                patience,
                () ->
                    b.nodeApi().publishersThatJoinedAfter(restart).stream()
                        .anyMatch(identity -> identity.startsWith(alice.name()))))
        .as("alice's media is brought to b again within %s of the router's start", patience)
        .isTrue();
    System.out.printf(
        "a killed router: started after %d ms, the partner's media back %d ms later%n",
        start.toMillis(), Duration.between(started, Instant.now()).toMillis());
    // Clients try again at growing intervals: up to some seconds pass until they hear of it.
    CallChecks.sees(alice, SOON);
    CallChecks.sees(bob, CLIENT_RETRIES);
    attachedOnlyToOwnSite(alice);
    attachedOnlyToOwnSite(bob);
    assertThat(alice.user().callMemberEvents(room)).isEqualTo(memberEvents);
  }

  @Test
  @Order(8)
  void whoLeavesIsGoneAndMayComeBack() {
    bob.leave();
    membersBecome(List.of(alice.name()));
    assertThat(alice.await(SOON, () -> alice.tiles() == 1)).as("alice sees bob leave").isTrue();

    bob.reload();
    membersBecome(List.of(alice.name(), bob.name()));
    CallChecks.see(List.of(alice, bob), SOON);
    attachedOnlyToOwnSite(bob);
  }

  @Test
  @Order(9)
  void hangingUpRemovesTheMemberships() {
    alice.leave();
    bob.leave();
    membersBecome(List.of());
  }

  /**
   * What the assertions above are worth: without peering they must fail, while the call works as it
   * does today.
   */
  @Test
  @Order(10)
  void withoutPeeringTheCallWorksButClientsConnectToBothSites() {
    run.federation().removePeering();
    // Another call: what clients kept from the last one is not what this is about.
    room = run.room(List.of(alice.user(), bob.user()));
    alice.open(room);
    bob.open(room);
    alice.join();
    bob.join();

    CallChecks.see(List.of(alice, bob), SOON);
    assertThat(view(alice).attachedTo()).containsExactly("a", "b");
    assertThatThrownBy(() -> attachedOnlyToOwnSite(alice)).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> attachedOnlyToOwnSite(bob)).isInstanceOf(AssertionError.class);
  }

  private static void attachedOnlyToOwnSite(CallUser person) {
    assertThat(view(person).attachedTo())
        .as("sites at whose SFUs the peer connections of %s end", person.name())
        .containsExactly(person.user().site().name());
  }

  private static CallView view(CallUser person) {
    return CallView.of(person, run.federation().sites());
  }

  private static long sent(CallUser person) {
    return person.media().connected().mapToLong(MediaReport.Connection::bytesSent).sum();
  }

  /** At both homeservers: one of them learns of it by federation. */
  private static void membersBecome(List<String> expected) {
    for (CallUser person : List.of(alice, bob)) {
      person.await(SOON, () -> person.user().callMembers(room).equals(expected));
      assertThat(person.user().callMembers(room)).isEqualTo(expected);
    }
  }
}
