package dev.weir.service.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * For how long the relay keeps away from a node for somebody who comes through the gate. If that
 * never ended, those at the node to whom only the relay can bring this person would miss it.
 */
class GateArrivalsTest {
  private static final String ALICE = "@a:x:D";
  private static final String AT_N1 = ALICE + " at n1";
  private static final RoomKey ROOM = new RoomKey("a.example", "room");

  private GateFixture gate;
  private FakeNode n1;
  private FakeNode n2;

  @BeforeEach
  void open() throws IOException {
    gate = new GateFixture();
    n1 = new FakeNode();
    n2 = new FakeNode();
    gate.places.node("n1", n1.url());
    gate.places.node("n2", n2.url());
  }

  @AfterEach
  void close() throws IOException {
    gate.close();
    n1.close();
    n2.close();
  }

  @Test
  void asLongAsTheClientIsConnected() throws Exception {
    try (Wire alice = gate.join("room", ALICE)) {
      n1.call();
      assertThat(gate.arrivals.underWay()).containsExactly(AT_N1);
      alice.cut();
    }
    nobodyIsUnderWay();
  }

  @Test
  void untilTheNodeIsLost() throws Exception {
    try (Wire alice = gate.join("room", ALICE)) {
      n1.call().wire().cut();
      nobodyIsUnderWay();
      alice.binary(new byte[] {1});
    }
  }

  @Test
  void untilTheNodeRefuses() throws Exception {
    n1.answering(head -> 400);
    assertThat(knock().status()).isEqualTo(400);
    nobodyIsUnderWay();
    assertThat(gate.arrivals.heard).containsExactly(AT_N1);
  }

  @Test
  void untilNobodyAnswers() throws Exception {
    n1.answering(head -> 0);
    assertThat(knock().status()).isEqualTo(503);
    nobodyIsUnderWay();
    assertThat(gate.arrivals.heard).as("one way, however often it is tried").hasSize(1);
  }

  @Test
  void untilTheClientTurnsAround() throws Exception {
    CompletableFuture<Void> relayLeaves = new CompletableFuture<>();
    gate.arrivals.relayLeaves = relayLeaves;
    try (Wire alice = new Wire(gate.send(target(), GateFixture.UPGRADE), true)) {
      await().until(() -> !gate.arrivals.underWay().isEmpty());
      alice.cut();
    }
    relayLeaves.complete(null);
    nobodyIsUnderWay();
  }

  @Test
  void untilTheRoomIsElsewhere() throws Exception {
    n1.answering(
        head -> {
          gate.places.switchTo(ROOM, 1, "n2");
          return 404;
        });
    try (Wire alice = gate.join("room", ALICE)) {
      n2.call();
      assertThat(gate.arrivals.heard).containsExactly(AT_N1, ALICE + " at n2");
      assertThat(gate.arrivals.underWay()).containsExactly(ALICE + " at n2");
      alice.cut();
    }
    nobodyIsUnderWay();
  }

  @Test
  void notForTheSecondConnectionOfWhoeverIsThereStill() throws Exception {
    try (Wire first = gate.join("room", ALICE)) {
      gate.join("room", ALICE).cut();
      await().until(() -> gate.arrivals.underWay().size() == 1);
      first.cut();
    }
    nobodyIsUnderWay();
  }

  @Test
  void notForAQuestion() throws Exception {
    n1.answering(head -> 200);
    String question = "/rtc/v1/validate?access_token=" + GateFixture.token("room", ALICE);
    assertThat(gate.request(question).status()).isEqualTo(200);
    assertThat(gate.arrivals.heard).isEmpty();
  }

  @Test
  void aRelayThatDoesNotLeaveHoldsNobodyUp() throws Exception {
    gate.arrivals.relayLeaves = new CompletableFuture<>();
    gate.join("room", ALICE).close();
    gate.arrivals.relayLeaves =
        CompletableFuture.failedFuture(new IllegalStateException("no answer of the store"));
    gate.join("room", ALICE).close();
  }

  private void nobodyIsUnderWay() {
    await().untilAsserted(() -> assertThat(gate.arrivals.underWay()).isEmpty());
  }

  private GateFixture.Reply knock() throws IOException {
    return gate.upgrade(target());
  }

  private static String target() {
    return "/rtc/v1?access_token=" + GateFixture.token("room", ALICE) + "&join_request=abc";
  }
}
