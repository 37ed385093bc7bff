package dev.weir.service.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitRtc.LeaveRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * One person at two replicas of the gate: the node throws the older connection out for the newer
 * one, and for copies and ghosts too, which must not end a call.
 */
class GateNewcomersTest {
  private static final String ALICE = "@a:x:D";

  private final KnownToAll known = new KnownToAll();
  private FakeNode node;
  private GateFixture here;
  private GateFixture there;

  @BeforeEach
  void startTwoReplicas() throws Exception {
    node = new FakeNode();
    here = new GateFixture(GateFixture.SETTINGS, known);
    there = new GateFixture(GateFixture.SETTINGS, known);
    here.places.node("n1", node.url());
    there.places.node("n1", node.url());
  }

  @AfterEach
  void stopThem() throws Exception {
    here.close();
    there.close();
    node.close();
  }

  @Test
  void aSecondConnectionEndsTheFirst() throws Exception {
    for (GateFixture replica : new GateFixture[] {here, there}) {
      try (Wire first = here.join("room", ALICE)) {
        Wire backend = node.call().wire();
        try (Wire second = replica.join("room", ALICE)) {
          node.call();
          assertThat(toldAfter(backend, first)).isEqualTo(LeaveRequest.Action.DISCONNECT);
          second.binary(new byte[] {1, 2});
        }
      }
    }
  }

  @Test
  void aConnectionThatWasNotLetInEndsNobody() throws Exception {
    for (GateFixture replica : new GateFixture[] {here, there}) {
      try (Wire first = here.join("room", ALICE)) {
        Wire backend = node.call().wire();
        node.answering(head -> 400);
        assertThat(replica.upgrade("/rtc/v1?access_token=" + GateFixture.token("room", ALICE)))
            .extracting(GateFixture.Reply::status)
            .isEqualTo(400);
        node.answering(head -> 101);
        assertThat(toldAfter(backend, first)).isEqualTo(LeaveRequest.Action.RECONNECT);
      }
    }
  }

  @Test
  void aConnectionThatHasEndedEndsNobody() throws Exception {
    for (GateFixture replica : new GateFixture[] {here, there}) {
      try (Wire first = here.join("room", ALICE)) {
        Wire backend = node.call().wire();
        replica.join("room", ALICE).close();
        node.call();
        await().until(known.orders::isEmpty);
        assertThat(toldAfter(backend, first)).isEqualTo(LeaveRequest.Action.RECONNECT);
      }
    }
  }

  @Test
  void whomANodeThrowsOutTimeAndAgainComesBackEachTime() throws Exception {
    for (int time = 0; time < RejoinPace.AT_ONCE + 2; time++) {
      try (Wire client = here.join("room", ALICE)) {
        assertThat(toldAfter(node.call().wire(), client))
            .as("time %d", time)
            .isEqualTo(LeaveRequest.Action.RECONNECT);
      }
    }
  }

  private static LeaveRequest.Action toldAfter(Wire backend, Wire client) throws IOException {
    backend.binary(GateProxyTest.leave(DisconnectReason.DUPLICATE_IDENTITY));
    return GateProxyTest.signal(client).getLeave().getAction();
  }

  /** What all replicas know, at once. */
  private static final class KnownToAll implements Newcomers {
    private final Map<String, Long> orders = new ConcurrentHashMap<>();

    @Override
    public void knocked(RoomKey room, String identity, long order) {
      orders.put(room + identity, order);
    }

    @Override
    public void tookBack(RoomKey room, String identity, long order) {
      orders.remove(room + identity, order);
    }

    @Override
    public CompletionStage<Boolean> knockedAfter(RoomKey room, String identity, long order) {
      return CompletableFuture.completedFuture(orders.getOrDefault(room + identity, 0L) > order);
    }
  }
}
