package dev.weir.service.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.service.sfu.Jws;
import dev.weir.service.sfu.SigningKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SignalResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients of an annex that are bound to the focus for a time; the test plays both of them. */
class GateRebindTest {
  private static final RoomKey ANNEX = new RoomKey("a.example", "room");
  private static final String BOB = "@b:x:D";
  private static final String MINTED =
      Jws.sign(GateFixture.claims("home-room", BOB), new SigningKey("focus", "of-a-peer"));

  private GateFixture gate;
  private FakeNode n1;
  private FakeNode focus;
  private volatile int takes = 200;
  private volatile int opens = 101;
  private final AtomicInteger asked = new AtomicInteger();

  @BeforeEach
  void open() throws IOException {
    gate = new GateFixture();
    n1 = FakeNode.alive();
    focus = new FakeNode();
    focus.answering(
        head -> {
          if (head.startsWith("GET /rtc/validate?")) {
            asked.incrementAndGet();
            return takes;
          }
          return opens;
        });
    gate.places.node("n1", n1.url());
    gate.house.start();
  }

  @AfterEach
  void close() throws IOException {
    gate.house.stop();
    gate.close();
    n1.close();
    focus.close();
  }

  private Rebinds.Elsewhere there() {
    return there(focus.url());
  }

  private static Rebinds.Elsewhere there(URI url) {
    return new Rebinds.Elsewhere("b.example", url, InetAddress.getLoopbackAddress(), MINTED);
  }

  private void away() {
    gate.rebinds.set(ANNEX, Optional.of(there()));
  }

  private Wire bobAtTheFocus() throws IOException {
    away();
    return gate.join("room", BOB);
  }

  private static LeaveRequest.Action action(Wire client) throws IOException {
    return SignalResponse.parseFrom(client.read().payload()).getLeave().getAction();
  }

  @Test
  void sendsTheClientsToTheFocusAndTakesThemBack() throws Exception {
    try (Wire bob = gate.join("room", BOB)) {
      away();
      assertThat(action(bob)).isEqualTo(LeaveRequest.Action.RECONNECT);
      assertThat(gate.witness.rebound)
          .as("known before the client can leave")
          .startsWith("going from n1");
    }
    try (Wire direct = gate.join("room", BOB)) {
      FakeNode.Call call = focus.call();
      assertThat(call.parameter("access_token")).isEqualTo(MINTED);
      await().until(() -> gate.witness.rebound.contains(BOB + " is there"));

      gate.rebinds.set(ANNEX, Optional.empty());
      assertThat(action(direct)).isEqualTo(LeaveRequest.Action.RECONNECT);
    }
    await().until(() -> gate.witness.rebound.getLast().equals(BOB + " is not there"));
    n1.call();
    gate.join("room", BOB).close();
    assertThat(n1.call().head()).doesNotContain(MINTED);
  }

  @Test
  void aPeersRefreshTokensBecomeOurs() throws Exception {
    try (Wire direct = bobAtTheFocus()) {
      String grown =
          Jws.sign(
              GateFixture.claims("home-room", BOB).put("name", "Mallory"),
              new SigningKey("focus", "of-a-peer"));
      focus
          .call()
          .wire()
          .binary(SignalResponse.newBuilder().setRefreshToken(grown).build().toByteArray());
      Jws refreshed =
          Jws.parse(SignalResponse.parseFrom(direct.read().payload()).getRefreshToken())
              .orElseThrow();
      assertThat(refreshed.signedBy(GateFixture.GATE_KEY)).isTrue();
      assertThat(refreshed.claims().getJsonObject("video").getString("room")).isEqualTo("room");
      assertThat(refreshed.claims().getString("name"))
          .as("a peer does not rename our users")
          .isEqualTo("Alice");
    }
  }

  @Test
  void nobodyIsSentToAPeerThatWouldNotTakeThem() throws Exception {
    takes = 503;
    try (Wire bob = gate.join("room", BOB)) {
      Wire backend = n1.call().wire();
      away();
      await().until(() -> asked.get() >= 1);
      backend.binary(new byte[] {1, 1});
      assertThat(bob.read().payload()).as("left alone").hasSize(2);

      takes = 200;
      assertThat(action(bob)).as("asked again").isEqualTo(LeaveRequest.Action.RECONNECT);
      assertThat(asked.get()).isLessThanOrEqualTo(4);
    }
  }

  @Test
  void nobodyIsSentWithoutATokenOfTheirOwn() throws Exception {
    try (Wire bob = gate.join("room", BOB)) {
      Wire backend = n1.call().wire();
      gate.rebinds.away(ANNEX, true, Optional.empty());
      try (Wire again = gate.join("room", "@c:x:D")) {
        n1.call().wire().binary(new byte[] {1, 1});
        assertThat(again.read().payload()).hasSize(2);
      }
      backend.binary(new byte[] {1, 1});
      assertThat(bob.read().payload()).hasSize(2);
      assertThat(focus.wasCalled()).isFalse();
    }
  }

  @Test
  void whomThePeerTurnsAwayAtItsDoorIsServedHereAndLeftInPeace() throws Exception {
    opens = 400;
    away();
    try (Wire bob = gate.join("room", BOB)) {
      Wire backend = n1.call().wire();
      assertThat(gate.places.made).contains("n1/room");
      await()
          .during(Duration.ofSeconds(4))
          .atMost(Duration.ofSeconds(6))
          .until(() -> gate.witness.rebound.isEmpty());
      backend.binary(new byte[] {1, 1});
      assertThat(bob.read().payload()).hasSize(2);
    }
  }

  @Test
  void aBrokenConnectionToAPeerIsMadeAgainAtOnce() throws Exception {
    try (Wire direct = bobAtTheFocus()) {
      focus.call().wire().cut();
      assertThat(action(direct)).isEqualTo(LeaveRequest.Action.RECONNECT);
      assertThat(gate.losses).as("no node of ours is examined for it").isEmpty();
    }
  }

  @Test
  void whomThePeerRemovesIsRemoved() throws Exception {
    try (Wire direct = bobAtTheFocus()) {
      focus
          .call()
          .wire()
          .binary(
              SignalResponse.newBuilder()
                  .setLeave(
                      LeaveRequest.newBuilder()
                          .setAction(LeaveRequest.Action.DISCONNECT)
                          .setReason(DisconnectReason.PARTICIPANT_REMOVED))
                  .build()
                  .toByteArray());
      assertThat(action(direct)).isEqualTo(LeaveRequest.Action.DISCONNECT);
    }
  }

  @Test
  void onlyTheCheckedAddressIsDialledWhateverTheNameMeansByThen() throws Exception {
    URI named = URI.create("ws://focus.invalid:" + focus.url().getPort() + "/sfu/");
    gate.rebinds.set(ANNEX, Optional.of(there(named)));
    try (Wire direct = gate.join("room", BOB)) {
      assertThat(focus.call().head())
          .startsWith("GET /sfu/rtc/v1?")
          .contains("Host: focus.invalid:" + focus.url().getPort());
    }
  }

  @Test
  void whereEverybodyIsIsSaidAgain() throws Exception {
    try (Wire direct = bobAtTheFocus()) {
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () -> gate.witness.rebound.stream().filter((BOB + " is there")::equals).count() >= 2);
    }
  }
}
