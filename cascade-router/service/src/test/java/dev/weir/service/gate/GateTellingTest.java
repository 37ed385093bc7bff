package dev.weir.service.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.session.move.Cause;
import java.io.IOException;
import java.time.Duration;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.Pong;
import livekit.LivekitRtc.SignalResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When clients are told to join again, and how often: LiveKit's are not always able to hear it. */
class GateTellingTest {

  private static final RoomKey ROOM = new RoomKey("a.example", "room");
  private static final Duration AT_ONCE = Duration.ofMillis(1);
  private static final Duration NEVER = Duration.ofHours(1);

  private FakeNode node;
  private FakeNode other;

  @BeforeEach
  void open() throws IOException {
    node = new FakeNode();
    other = new FakeNode();
  }

  @AfterEach
  void close() throws IOException {
    node.close();
    other.close();
  }

  private GateFixture leavingNewcomersAloneFor(Duration time) {
    GateFixture gate = new GateFixture(GateFixture.leavingNewcomersAloneFor(time));
    gate.places.node("n1", node.url());
    gate.places.node("n2", other.url());
    return gate;
  }

  @Test
  void whoForgetsThatItWasToldIsToldAgainUntilItGoes() throws Exception {
    try (GateFixture gate = leavingNewcomersAloneFor(AT_ONCE);
        Wire alice = gate.join("room", "@a:x:D")) {
      move(gate);
      for (int times = 0; times < 3; times++) {
        assertToldToJoinAgain(alice);
      }
      alice.send(8, true, new byte[] {0x03, (byte) 0xe8});
      node.call().wire().close();
      assertThat(alice.ended()).isTrue();
    }
  }

  @Test
  void whomItsNodeTellsToJoinAgainIsToldAgainToo() throws Exception {
    try (GateFixture gate = leavingNewcomersAloneFor(AT_ONCE);
        Wire alice = gate.join("room", "@a:x:D")) {
      SignalResponse told =
          SignalResponse.newBuilder()
              .setLeave(LeaveRequest.newBuilder().setAction(LeaveRequest.Action.RECONNECT))
              .build();
      node.call().wire().binary(told.toByteArray());
      assertToldToJoinAgain(alice);
      assertToldToJoinAgain(alice);
    }
  }

  @Test
  void whoHasJustComeIsLeftAloneUntilItIsConnected() throws Exception {
    try (GateFixture gate = leavingNewcomersAloneFor(Duration.ofSeconds(2));
        Wire alice = gate.join("room", "@a:x:D")) {
      Wire atNode = node.call().wire();
      move(gate);
      assertHearsOnlyItsNode(alice, atNode);
      assertToldToJoinAgain(alice);
    }
  }

  @Test
  void whoHasComeBackIsToldAtOnce() throws Exception {
    try (GateFixture gate = leavingNewcomersAloneFor(NEVER);
        Wire again = dial(gate, tokenToComeBackWith(gate))) {
      move(gate);
      assertToldToJoinAgain(again);
    }
  }

  @Test
  void whoseNodeIsGoneIsToldAtOnce() throws Exception {
    try (GateFixture gate = leavingNewcomersAloneFor(NEVER);
        Wire alice = gate.join("room", "@a:x:D")) {
      Wire atNode = node.call().wire();
      move(gate);
      assertHearsOnlyItsNode(alice, atNode);
      atNode.cut();
      assertToldToJoinAgain(alice);
    }
  }

  private void move(GateFixture gate) {
    gate.house.mover().move(ROOM, Cause.DEMAND);
    await().until(() -> gate.places.current(ROOM).filter(at -> at.node().equals("n2")).isPresent());
  }

  private String tokenToComeBackWith(GateFixture gate) throws Exception {
    try (Wire alice = gate.join("room", "@a:x:D")) {
      SignalResponse joined =
          SignalResponse.newBuilder()
              .setJoin(JoinResponse.newBuilder().setServerVersion("x"))
              .build();
      node.call().wire().binary(joined.toByteArray());
      assertThat(heard(alice)).isEqualTo(joined);
      return heard(alice).getRefreshToken();
    }
  }

  private Wire dial(GateFixture gate, String token) throws Exception {
    GateFixture.Reply reply = gate.upgrade("/rtc/v1?sdk=js&access_token=" + token);
    assertThat(reply.status()).isEqualTo(101);
    return new Wire(reply.socket(), true);
  }

  private static void assertToldToJoinAgain(Wire client) throws IOException {
    assertThat(heard(client).getLeave().getAction()).isEqualTo(LeaveRequest.Action.RECONNECT);
  }

  /** What its node says after the move is the first that it hears. */
  private static void assertHearsOnlyItsNode(Wire client, Wire node) throws Exception {
    SignalResponse pong =
        SignalResponse.newBuilder().setPongResp(Pong.newBuilder().setTimestamp(1)).build();
    Thread.sleep(300);
    node.binary(pong.toByteArray());
    assertThat(heard(client)).isEqualTo(pong);
  }

  private static SignalResponse heard(Wire client) throws IOException {
    return SignalResponse.parseFrom(client.read().payload());
  }
}
