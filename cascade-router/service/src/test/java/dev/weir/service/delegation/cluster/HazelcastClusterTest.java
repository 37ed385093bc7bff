package dev.weir.service.delegation.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.weir.service.ports.FreePorts;
import dev.weir.service.slots.Replica;
import dev.weir.session.delegation.Delegation;
import dev.weir.session.delegation.Evidence;
import dev.weir.session.delegation.JobKey;
import dev.weir.session.delegation.JobState;
import dev.weir.session.delegation.LeaveReason;
import dev.weir.session.delegation.Snapshot;
import dev.weir.session.delegation.Verb;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HazelcastClusterTest {
  private final String name = "weir-test-" + UUID.randomUUID();
  private final List<HazelcastInstance> instances = new ArrayList<>();
  private final List<Integer> ports = new ArrayList<>();

  private HazelcastInstance instance() {
    int port = FreePorts.next();
    ports.add(port);
    Config config = new Config();
    config.setClusterName(name);
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.logging.type", "none");
    config.setProperty("hazelcast.wait.seconds.before.join", "0");
    config.getJetConfig().setEnabled(false);
    config.getNetworkConfig().setPort(port).setPortAutoIncrement(false);
    config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
    var join = config.getNetworkConfig().getJoin();
    join.getMulticastConfig().setEnabled(false);
    join.getAutoDetectionConfig().setEnabled(false);
    join.getTcpIpConfig().setEnabled(true);
    ports.forEach(each -> join.getTcpIpConfig().addMember("127.0.0.1:" + each));
    HazelcastInstance instance = Hazelcast.newHazelcastInstance(config);
    instances.add(instance);
    return instance;
  }

  @AfterEach
  void stop() {
    instances.forEach(instance -> instance.getLifecycleService().terminate());
  }

  private static HazelcastCluster cluster(HazelcastInstance instance) {
    return new HazelcastCluster(instance, new Replica(instance));
  }

  private static JobKey key(int i) {
    return new JobKey("a", "!r" + i + ":a", "m.call#ROOM", "@u:a", "D");
  }

  @Test
  void everyKeyHasOneOwnerAndTheOtherOneTakesOverWhatTheFirstKept() throws Exception {
    HazelcastInstance first = instance();
    HazelcastInstance second = instance();
    HazelcastCluster one = new HazelcastCluster(first, new Replica(first));
    HazelcastCluster two = new HazelcastCluster(second, new Replica(second));
    AtomicInteger changes = new AtomicInteger();
    two.listen(message -> {}, changes::incrementAndGet);
    await().until(() -> second.getCluster().getMembers().size() == 2);
    await()
        .until(() -> IntStream.range(0, 100).allMatch(i -> one.owns(key(i)) != two.owns(key(i))));
    assertThat(IntStream.range(0, 100).filter(i -> one.owns(key(i))).count()).isBetween(20L, 80L);

    for (int i = 0; i < 100; i++) {
      (one.owns(key(i)) ? one : two).keep(key(i), "snapshot " + i);
    }
    await().until(() -> one.keptHere().size() + two.keptHere().size() == 100);
    int before = changes.get();
    first.getLifecycleService().terminate();
    await().until(() -> two.keptHere().size() == 100);
    assertThat(IntStream.range(0, 100).allMatch(i -> two.owns(key(i)))).isTrue();
    assertThat(changes.get()).isGreaterThan(before);
  }

  @Test
  void newsReachEveryReplicaInWords() throws Exception {
    HazelcastCluster one = cluster(instance());
    HazelcastCluster two = cluster(instance());
    List<Message> heard = new CopyOnWriteArrayList<>();
    one.listen(heard::add, () -> {});
    two.listen(heard::add, () -> {});
    List<Message> sent =
        List.of(
            new Message.Heard("a", new Evidence.TokenIssued("room", "@u:a:D", true)),
            new Message.Heard("a", new Evidence.Joined("room", "n1", "@u:a:D", "PA_1", 7)),
            new Message.Heard(
                "a", new Evidence.Left("room", "n1", "@u:a:D", "PA_1", LeaveReason.SIGNAL_CLOSE)),
            new Message.Heard(
                "a", new Evidence.Aborted("room", "n1", "@u:a:D", "", LeaveReason.JOIN_FAILURE)),
            new Message.Heard("a", new Evidence.BoundElsewhere("room", "@u:a:D", true)),
            new Message.RoomMoving("room", "n1"),
            new Message.NodeSilent("n1"),
            new Message.WebhooksDropped(),
            new Message.Kicked("a", "!r:a", "@u:a"));
    sent.forEach(one::tellAll);
    Delegation delegation =
        new Delegation(key(2), "one", 10_000, "state", Set.of("@u:a:D"), Set.of("room"));
    assertThat(two.tellOwner(key(2), new Message.Delegated(delegation))).isTrue();
    await().until(() -> heard.size() == 2 * (sent.size() + 1));
    assertThat(heard).containsAll(sent).contains(new Message.Delegated(delegation));
  }

  @Test
  void snapshotsSurviveBeingText() {
    Snapshot snapshot =
        new Snapshot(
            key(1),
            List.of(
                new Snapshot.Kept(
                    "old", 10_000, "state", new JobState.Replaced(Verb.CANCEL, 5), 7, true),
                new Snapshot.Kept("wait", 10_000, "state", new JobState.Waiting(5, true), 7, false),
                new Snapshot.Kept(
                    "leave", 10_000, "state", new JobState.Leaving(5, JobState.NEVER), 7, true),
                new Snapshot.Kept("on", 10_000, "state", new JobState.Connected(), 7, true)),
            Set.of("@u:a:D"),
            Set.of("room"),
            Set.of("older"));
    assertThat(Wire.snapshot(Wire.write(snapshot))).contains(snapshot);
  }

  @Test
  void aMessageOfANewerVersionIsIgnored() {
    assertThat(Wire.message("{\"is\":\"Unheard\",\"of\":1}")).isEmpty();
    assertThat(Wire.message("{\"is\":\"WebhooksDropped\",\"more\":1}"))
        .contains(new Message.WebhooksDropped());
  }
}
