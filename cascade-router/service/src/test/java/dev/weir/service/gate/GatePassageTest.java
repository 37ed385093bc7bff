package dev.weir.service.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.service.sfu.Jws;
import dev.weir.service.sfu.Passage;
import dev.weir.service.sfu.SigningKey;
import dev.weir.session.move.Cause;
import dev.weir.session.move.Outcome;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SignalResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Clients that dial our gate and are served by the gate of their own site, which the test plays.
 */
class GatePassageTest {
  private static final RoomKey ROOM = new RoomKey("a.example", "room");
  private static final SigningKey HOME_KEY = new SigningKey("home", "of-the-home-site");
  private static final String BOB = "bob";

  private final String first = homes("first");

  private GateFixture gate;
  private FakeNode n1;
  private FakeNode n2;
  private FakeNode home;
  private volatile int opens = 101;
  private volatile int takes = 503;

  @BeforeEach
  void open() throws IOException {
    gate = new GateFixture();
    n1 = FakeNode.alive();
    n2 = FakeNode.alive();
    home = new FakeNode();
    home.answering(head -> head.startsWith("GET /rtc/validate?") ? takes : opens);
    gate.places.node("n1", n1.url());
    gate.places.node("n2", n2.url());
    gate.house.start();
  }

  @AfterEach
  void close() throws IOException {
    gate.house.stop();
    gate.close();
    n1.close();
    n2.close();
    home.close();
  }

  private static String homes(String name) {
    return Jws.sign(GateFixture.claims("annex", "view:bob").put("name", name), HOME_KEY);
  }

  private String token(SigningKey signedBy) {
    JsonObject claims = GateFixture.claims("room", BOB);
    new Passage("b.example", home.url().toString(), first).addTo(claims);
    return Jws.sign(claims, signedBy);
  }

  private GateFixture.Reply knock(String token) throws IOException {
    return gate.upgrade("/rtc/v1?access_token=" + token + "&join_request=abc");
  }

  private Wire join() throws IOException {
    return new Wire(knock(token(GateFixture.GATE_KEY)).socket(), true);
  }

  private static JsonObject claimsOf(String token) {
    return Jws.parse(token).orElseThrow().claims();
  }

  @Test
  void theClientIsServedByItsOwnSiteWithThatSitesToken() throws Exception {
    try (Wire bob = join()) {
      FakeNode.Call call = home.call();
      assertThat(call.parameter("access_token")).isEqualTo(first);
      call.wire().binary(new byte[] {1, 1});
      assertThat(bob.read().payload()).hasSize(2);
      assertThat(n1.wasCalled()).isFalse();
      assertThat(gate.meters.get("weir.gate.connections_at_partners").gauge().value()).isEqualTo(1);
    }
  }

  @Test
  void onlyWeCanSayWhereATokenLeads() throws Exception {
    assertThat(knock(token(HOME_KEY)).status()).isEqualTo(401);
    assertThat(home.wasCalled()).isFalse();
  }

  @Test
  void whomItsOwnSiteDoesNotTakeIsServedHereAndTheNodeLearnsNothingOfIt() throws Exception {
    opens = 503;
    try (Wire bob = join()) {
      String atNode = n1.call().parameter("access_token");
      assertThat(Passage.in(claimsOf(atNode))).isEmpty();
      assertThat(claimsOf(atNode).getString("sub")).isEqualTo(BOB);
      assertThat(gate.places.made).contains("n1/room");
    }
    opens = 101;
    join().close();
    assertThat(home.call()).as("the next time its site is asked again").isNotNull();
  }

  @Test
  void whoIsServedHereGoesHomeWhenItsSiteTakesItAgain() throws Exception {
    opens = 503;
    try (Wire bob = join()) {
      Wire atNode = n1.call().wire();
      gate.clock.leap(Duration.ofSeconds(31));
      atNode.binary(new byte[] {1, 1});
      assertThat(bob.read().payload()).as("its site does not take it yet").hasSize(2);
      opens = 101;
      takes = 200;
      assertThat(SignalResponse.parseFrom(bob.read().payload()).getLeave().getAction())
          .isEqualTo(LeaveRequest.Action.RECONNECT);
    }
    join().close();
    assertThat(home.call().parameter("access_token")).isEqualTo(first);
  }

  @Test
  void aNewerTokenOfItsSiteIsWhatTheClientComesBackWith() throws Exception {
    try (Wire bob = join()) {
      String newer = homes("newer");
      home.call()
          .wire()
          .binary(SignalResponse.newBuilder().setRefreshToken(newer).build().toByteArray());
      String refreshed = SignalResponse.parseFrom(bob.read().payload()).getRefreshToken();
      Jws ours = Jws.parse(refreshed).orElseThrow();
      assertThat(ours.signedBy(GateFixture.GATE_KEY)).isTrue();
      assertThat(ours.claims().getJsonObject("video").getString("room")).isEqualTo("room");
      assertThat(ours.claims().getString("sub")).isEqualTo(BOB);
      knock(refreshed).socket().close();
      assertThat(home.call().parameter("access_token")).isEqualTo(newer);
    }
  }

  @Test
  void aMoveOfOurRoomIsNoneOfItsBusinessAndDoesNotWaitForIt() throws Exception {
    try (Wire bob = join();
        Wire alice = gate.join("room", "alice")) {
      Wire atHome = home.call().wire();
      gate.places.people.put(ROOM, List.of("alice"));
      var moved = gate.house.mover().move(ROOM, Cause.DEMAND).toCompletableFuture();
      assertThat(SignalResponse.parseFrom(alice.read().payload()).getLeave().getAction())
          .isEqualTo(LeaveRequest.Action.RECONNECT);
      assertThat(moved.get()).isEqualTo(Outcome.MOVED);
      await()
          .during(Duration.ofSeconds(2))
          .atMost(Duration.ofSeconds(4))
          .until(() -> !n2.wasCalled());
      atHome.binary(new byte[] {1, 1});
      assertThat(bob.read().payload()).as("nobody told it to join again").hasSize(2);
    }
  }

  @Test
  void aBrokenWayIsTakenAgain() throws Exception {
    try (Wire bob = join()) {
      home.call().wire().cut();
      assertThat(SignalResponse.parseFrom(bob.read().payload()).getLeave().getAction())
          .isEqualTo(LeaveRequest.Action.RECONNECT);
      assertThat(gate.losses).as("no node of ours is examined for it").isEmpty();
    }
  }
}
