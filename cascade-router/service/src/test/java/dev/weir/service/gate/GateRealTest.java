package dev.weir.service.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.service.sfu.Jws;
import dev.weir.service.sfu.SfuFailure;
import dev.weir.session.move.Cause;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two real LiveKit nodes behind the gate, with different keys, and clients that only signal. */
@Tag("real")
class GateRealTest {

  private static final RoomKey ROOM = new RoomKey("a.example", "room");

  @TempDir Path directory;
  private GateFixture gate;
  private LiveKit n1;
  private LiveKit n2;
  private final List<SignallingClient> clients = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    n1 = LiveKit.start(directory, "n1", GateFixture.NODE_KEY);
    n2 =
        LiveKit.start(
            directory,
            "n2",
            new dev.weir.service.sfu.SigningKey("other", "another-secret-of-another-node-xyz"));
    gate = new GateFixture();
    gate.rescue.set(null);
    gate.places.real("n1", n1);
    gate.places.real("n2", n2);
    gate.house.start();
  }

  @AfterEach
  void close() throws IOException {
    for (SignallingClient client : clients) {
      client.close();
    }
    gate.house.stop();
    gate.close();
    n1.close();
    n2.close();
  }

  private SignallingClient join(String identity) throws IOException {
    return joinWith(GateFixture.token("room", identity));
  }

  private SignallingClient joinWith(String token) throws IOException {
    SignallingClient client = new SignallingClient(gate, token);
    clients.add(client);
    await().until(() -> client.joins() == 1);
    return client;
  }

  private void everybodyIsBack(LiveKit at, int joins) {
    everybodyJoined(at, joins);
    assertThat(clients).allSatisfy(client -> assertThat(client.joins()).isEqualTo(joins));
  }

  private void everybodyJoined(LiveKit at, int atLeast) {
    await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(
            () -> {
              for (SignallingClient client : clients) {
                assertThat(client.end()).isEmpty();
                assertThat(client.joins()).isGreaterThanOrEqualTo(atLeast);
              }
              assertThat(at.people("room")).hasSize(clients.size());
            });
  }

  @Test
  void aPlannedMoveTakesEverybodyToTheOtherNode() throws Exception {
    join("@a:x:D");
    join("@b:x:D");
    gate.house.mover().move(ROOM, Cause.DEMAND).toCompletableFuture().get();
    everybodyIsBack(n2, 2);
    assertThat(n1.people("room")).as("they left the old node by themselves").isEmpty();
  }

  @Test
  void killingANodeLosesNobody() throws Exception {
    join("@a:x:D");
    join("@b:x:D");
    join("@c:x:D");
    long killed = System.nanoTime();
    n1.kill();
    everybodyIsBack(n2, 2);
    long last = clients.stream().mapToLong(SignallingClient::lastJoinNanos).max().orElseThrow();
    Duration took = Duration.ofNanos(last - killed);
    System.out.println("kill -9 to the last join on the other node: " + took.toMillis() + " ms");
    assertThat(took).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void aRoomThatIsDeletedBehindTheRoutersBackIsThereAgain() throws Exception {
    join("@a:x:D");
    join("@b:x:D");
    n1.api().deleteRoom("room");
    everybodyIsBack(n1, 2);
  }

  @Test
  void aParticipantThatIsRemovedBehindTheRoutersBackIsThereAgain() throws Exception {
    SignallingClient alice = join("@a:x:D");
    SignallingClient bob = join("@b:x:D");
    n1.api().removeParticipant("room", "@a:x:D");
    await().until(() -> alice.joins() == 2);
    assertThat(bob.joins()).isEqualTo(1);
    await().until(() -> n1.people("room").size() == 2);
  }

  @Test
  void ourOwnKickEndsTheSession() throws Exception {
    SignallingClient alice = join("@a:x:D");
    gate.kicks = () -> CompletableFuture.completedFuture(true);
    n1.api().removeParticipant("room", "@a:x:D");
    await().until(() -> alice.end().equals("participant_removed"));
    assertThat(gate.losses).isEmpty();
  }

  @Test
  void aDoubleSigtermLosesNobody() throws Exception {
    join("@a:x:D");
    join("@b:x:D");
    n1.signal("TERM");
    await().pollDelay(Duration.ofMillis(500)).until(() -> true);
    n1.signal("TERM");
    // Between the two signals the node may still take them back once.
    everybodyJoined(n2, 2);
  }

  @Test
  void aNodeThatIsStoppedAndContinuedKillsNothingTwice() throws Exception {
    join("@a:x:D");
    n1.signal("STOP");
    everybodyIsBack(n2, 2);
    n1.signal("CONT");
    await()
        .during(Duration.ofSeconds(2))
        .atMost(Duration.ofSeconds(4))
        .until(() -> clients.getFirst().joins() == 2 && clients.getFirst().end().isEmpty());
    assertThat(gate.house.lookout().takesMoves("n1")).as("on probation").isFalse();
  }

  @Test
  void twoNodesDyingOneAfterTheOtherLoseNobody() throws Exception {
    try (LiveKit n3 = LiveKit.start(directory, "n3", GateFixture.NODE_KEY)) {
      gate.places.real("n3", n3);
      join("@a:x:D");
      n1.kill();
      everybodyIsBack(n2, 2);
      n2.kill();
      everybodyIsBack(n3, 3);
    }
  }

  @Test
  void fiftyMovesInARowLoseNobody() throws Exception {
    join("@a:x:D");
    join("@b:x:D");
    join("@c:x:D");
    for (int i = 1; i <= 50; i++) {
      gate.house.mover().move(ROOM, Cause.DEMAND).toCompletableFuture().get();
      everybodyIsBack(i % 2 == 1 ? n2 : n1, i + 1);
      await().until(() -> gate.house.mover().progress().started() == 0);
    }
  }

  @Test
  void aTokenOfTheNodeNeverReachesTheClient() throws Exception {
    SignallingClient alice = join("@a:x:D");
    Jws first = Jws.parse(alice.token()).orElseThrow();
    assertThat(first.signedBy(GateFixture.GATE_KEY)).isTrue();
    // LiveKit sends a refresh token right after the join.
    await().until(() -> !alice.token().equals(GateFixture.token("room", "@a:x:D")));
    Jws refreshed = Jws.parse(alice.token()).orElseThrow();
    assertThat(refreshed.signedBy(GateFixture.GATE_KEY)).isTrue();
    assertThat(refreshed.claims().getString("iss")).isEqualTo("gate");
  }

  @Test
  void aCallMovesAfterItsFirstTokensHaveExpired() throws Exception {
    // Taken for a minute after its end, because clocks differ: for six seconds more.
    long end = Instant.now().getEpochSecond() - 54;
    String first =
        Jws.sign(GateFixture.claims("room", "@a:x:D").put("exp", end), GateFixture.GATE_KEY);
    SignallingClient alice = joinWith(first);
    await().until(() -> !alice.token().equals(first));
    await()
        .atMost(Duration.ofSeconds(15))
        .pollInterval(Duration.ofMillis(500))
        .until(() -> gate.request("/rtc/validate?access_token=" + first).status() == 401);
    gate.house.mover().move(ROOM, Cause.DEMAND).toCompletableFuture().get();
    everybodyIsBack(n2, 2);
  }

  /** Who is in a room, or nobody when the node says nothing. */
  static List<String> peopleOrNobody(LiveKit node, String room) {
    try {
      return node.people(room);
    } catch (SfuFailure gone) {
      return List.of();
    }
  }
}
