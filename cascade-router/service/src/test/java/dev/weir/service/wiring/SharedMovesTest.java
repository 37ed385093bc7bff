package dev.weir.service.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.weir.service.gate.RoomKey;
import dev.weir.service.ports.FreePorts;
import dev.weir.service.slots.Replica;
import dev.weir.session.move.Cause;
import dev.weir.session.move.MoveState;
import dev.weir.session.move.Wish;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Moves and newcomers on two members of a real cluster. */
class SharedMovesTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final RoomKey ROOM = new RoomKey("a.test", "room");

  private final String cluster = "weir-test-" + UUID.randomUUID();
  private final List<Integer> ports = new ArrayList<>();
  private HazelcastInstance one;
  private HazelcastInstance other;

  @BeforeEach
  void start() {
    one = member();
    other = member();
    await().until(() -> other.getCluster().getMembers().size() == 2);
  }

  @AfterEach
  void stop() {
    one.getLifecycleService().terminate();
    other.getLifecycleService().terminate();
  }

  private HazelcastInstance member() {
    ports.add(FreePorts.next());
    Config config = new Config();
    config.setClusterName(cluster);
    config.setProperty("hazelcast.logging.type", "none");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.wait.seconds.before.join", "0");
    config.getNetworkConfig().setPort(ports.getLast()).setPortAutoIncrement(false);
    config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
    var join = config.getNetworkConfig().getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getTcpIpConfig().setEnabled(true);
    ports.forEach(port -> join.getTcpIpConfig().addMember("127.0.0.1:" + port));
    return Hazelcast.newHazelcastInstance(config);
  }

  private static SharedMoveStore store(HazelcastInstance member) {
    return new SharedMoveStore(member, new Replica(member));
  }

  private static MoveState move(String id, String to) {
    return MoveState.begin(
        id, new Wish(ROOM.site(), ROOM.room(), "n1", Cause.DEMAND, 3), to, 1, NOW);
  }

  @Test
  void aRoomIsMovedByOneReplicaAtATime() {
    SharedMoveStore mine = store(one);
    SharedMoveStore theirs = store(other);
    assertThat(mine.begin(move("m1", "n2"))).isTrue();
    assertThat(theirs.begin(move("m2", "n3"))).isFalse();
    theirs.remove(move("m2", "n3"));
    assertThat(theirs.begin(move("m2", "n3"))).as("only the move itself ends").isFalse();
    mine.remove(move("m1", "n2"));
    assertThat(theirs.begin(move("m2", "n3"))).isTrue();
  }

  @Test
  void aMoveOfALostReplicaIsCarriedOnByOneOfTheOthers() {
    store(one).put(move("m1", "n2"));
    SharedMoveStore left = store(other);
    assertThat(left.abandoned()).isEmpty();
    // A cluster that has just come together still makes its copies.
    assertThat(one.getPartitionService().forceLocalMemberToBeSafe(20, TimeUnit.SECONDS)).isTrue();
    one.getLifecycleService().terminate();
    await().until(() -> other.getCluster().getMembers().size() == 1);
    assertThat(left.abandoned()).containsExactly(move("m1", "n2"));
    assertThat(left.abandoned()).as("taken once").isEmpty();
  }

  @Test
  void whoKnocksAtAnyReplicaIsNewerForAllOfThem() {
    SharedNewcomers here = new SharedNewcomers(one);
    SharedNewcomers there = new SharedNewcomers(other);
    here.knocked(ROOM, "alice", 7);
    await().until(() -> knockedAfter(there, "alice", 6));
    assertThat(knockedAfter(there, "alice", 7)).isFalse();
    assertThat(knockedAfter(there, "bob", 0)).isFalse();
  }

  @Test
  void aKnockThatCameToNothingIsForgottenAndNoLaterOne() {
    SharedNewcomers here = new SharedNewcomers(one);
    SharedNewcomers there = new SharedNewcomers(other);
    here.knocked(ROOM, "alice", 7);
    here.knocked(ROOM, "bob", 7);
    await().until(() -> knockedAfter(there, "bob", 6));
    there.knocked(ROOM, "bob", 8);
    await().until(() -> knockedAfter(here, "bob", 7));

    here.tookBack(ROOM, "bob", 7);
    here.tookBack(ROOM, "alice", 7);

    await().until(() -> !knockedAfter(there, "alice", 6));
    assertThat(knockedAfter(there, "bob", 7)).isTrue();
  }

  private static boolean knockedAfter(SharedNewcomers newcomers, String identity, long order) {
    return newcomers.knockedAfter(ROOM, identity, order).toCompletableFuture().join();
  }
}
