package dev.weir.service.peering.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.weir.service.legs.LeaseStore;
import dev.weir.service.peering.PeerKey;
import dev.weir.service.slots.Replica;
import dev.weir.service.slots.Upheavals;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.Spot;
import dev.weir.session.lease.SpotLeases;
import dev.weir.session.lease.SpotLeases.Upgrading;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SharedStateTest {
  private static final Site A = Site.of("a.test");
  private static final PeerKey AB = new PeerKey("a.test", "b.test");
  private static final LeaseStore.Key ROOM =
      new LeaseStore.Key(
          A,
          new SlotId("!odd\nroom:a.test", "m.call#ROOM"),
          Spot.of(A, "default/a/a-0", Room.view(Site.of("b.test"))));
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private HazelcastInstance member;

  @BeforeEach
  void start() {
    Config config = new Config();
    config.setProperty("hazelcast.logging.type", "none");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
    config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
    config.getNetworkConfig().setPort(0);
    member = Hazelcast.newHazelcastInstance(config);
  }

  @AfterEach
  void stop() {
    member.shutdown();
  }

  @Test
  void aRevokedLeaseIsHeardWithItsRoom() {
    SharedLeases gate = new SharedLeases(member);
    SharedLeases relay = new SharedLeases(member);
    List<LeaseStore.Key> heard = new CopyOnWriteArrayList<>();
    relay.onChange((key, leases) -> heard.add(key));
    relay.update(ROOM, l -> l.request("alice", "leg", 1, Set.of(), false, NOW).leases());
    assertThat(gate.get(ROOM).held()).containsOnlyKeys("alice");
    Upgrading alice = Upgrading.beginning("alice", NOW.plusNanos(7));
    gate.update(ROOM, l -> l.upgrade(alice, NOW).leases());
    await().until(() -> heard.size() == 2);
    assertThat(heard).containsOnly(ROOM);
    assertThat(relay.get(ROOM).isHeldBy("alice", "leg", 1)).isFalse();
    assertThat(relay.get(ROOM).upgrading()).containsExactly(alice);
    gate.update(ROOM, l -> l.upgraded(alice));
    assertThat(relay.get(ROOM).upgrading()).isEmpty();
  }

  @Test
  void nothingIsKeptOfARoomWithoutLeases() {
    SharedLeases leases = new SharedLeases(member);
    leases.update(ROOM, l -> l.request("alice", "leg", 1, Set.of(), false, NOW).leases());
    leases.update(ROOM, l -> l.release("alice", "leg", 1));
    assertThat(leases.get(ROOM)).isEqualTo(SpotLeases.NONE);
    assertThat(member.getMap("weir.leases").size()).isZero();
  }

  @Test
  void everyReplicaKnowsWhoIsConnectedToAnyOfThem() {
    SharedConnections one =
        new SharedConnections(member, new Replica(member), new Upheavals(member));
    SharedConnections other =
        new SharedConnections(member, new Replica(member), new Upheavals(member));
    List<Site> told = new CopyOnWriteArrayList<>();
    other.onChange(told::add);
    one.up(AB);
    await().until(() -> other.of(A).equals(Set.of(Site.of("b.test"))));
    one.down(AB);
    await().until(() -> other.of(A).isEmpty());
    assertThat(told).containsOnly(A);
  }
}
