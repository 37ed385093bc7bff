package dev.weir.service.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weir.service.config.ProcessRole;
import dev.weir.service.ports.FreePorts;
import dev.weir.service.replicas.Links;
import dev.weir.session.Attachment;
import dev.weir.session.Room;
import dev.weir.session.SlotId;
import dev.weir.session.placement.NodeReport;
import dev.weir.session.placement.Part;
import dev.weir.session.view.Version;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterTest {
  private static final SlotId CALL = SlotId.ofRoomCall("!call:a.test");
  private static final AtomicInteger NETWORKS = new AtomicInteger((int) (System.nanoTime() & 0xff));

  @TempDir Path config;
  private final Links links = new Links();
  private final List<String> ips = new ArrayList<>();
  private final List<Integer> ports = new ArrayList<>();
  private final List<String> doors = new ArrayList<>();
  private final List<TestReplica> replicas = new ArrayList<>();

  @BeforeEach
  void addresses() throws IOException {
    int network = NETWORKS.incrementAndGet() & 0xff;
    for (int i = 0; i < 3; i++) {
      InetAddress ip = InetAddress.getByName("127.77." + network + "." + (10 + i));
      ports.add(FreePorts.next());
      ips.add(ip.getHostAddress());
      doors.add(ips.get(i) + ":" + links.door(new InetSocketAddress(ip, ports.get(i))));
    }
    Files.writeString(
        config.resolve("site.yaml"),
        """
        apiVersion: weir.dev/v1alpha1
        kind: Homeserver
        metadata: {name: a}
        spec: {serverName: a.test, publicUrl: "https://rtc.a.test"}
        ---
        apiVersion: weir.dev/v1alpha1
        kind: SfuPool
        metadata: {name: main}
        spec:
          homeserverRef: {name: a}
          nodes: [{name: n1, url: "ws://127.0.0.1:1"}, {name: n2, url: "ws://127.0.0.1:2"}]
          keys: {secretRef: {name: keys}}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: keys}
        stringData: {key: a-secret-of-thirty-two-characters-0}
        """);
  }

  @AfterEach
  void stop() throws IOException {
    replicas.forEach(TestReplica::close);
    links.close();
  }

  private TestReplica start(ProcessRole... roles) throws Exception {
    int i = replicas.size();
    TestReplica replica =
        new TestReplica(
            config,
            ips.get(i) + ":" + ports.get(i),
            doors.get(i),
            String.join(",", doors),
            "a secret of replica number " + i + " of this test",
            roles.length == 0 ? Set.of(ProcessRole.values()) : Set.of(roles));
    replicas.add(replica);
    return replica;
  }

  private void together(int members) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> replicas.stream().allMatch(replica -> replica.replica.members() == members));
  }

  /** What an attacker would send: its reading does something. */
  private static final class Hostile implements Serializable {
    private static final long serialVersionUID = 1;
    private static final AtomicInteger READ = new AtomicInteger();

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      READ.incrementAndGet();
    }
  }

  @Test
  void aClassThatIsNotOursIsNeverMadeFromWhatAnotherReplicaSent() throws Exception {
    TestReplica one = start();
    TestReplica other = start();
    together(2);
    one.hazelcast.getMap("weir.any").set("key", new Hostile());
    assertThatThrownBy(() -> other.hazelcast.getMap("weir.any").get("key"))
        .hasStackTraceContaining("Resolving class " + Hostile.class.getName() + " is not allowed");
    assertThat(Hostile.READ).hasValue(0);
  }

  @Test
  void workOfOneRoleGoesToAReplicaThatHasIt() throws Exception {
    TestReplica router = start(ProcessRole.ROUTER, ProcessRole.RELAY);
    TestReplica gate = start(ProcessRole.GATE);
    TestReplica second = start(ProcessRole.ROUTER, ProcessRole.RELAY);
    together(3);
    List<String> keys = IntStream.range(0, 200).mapToObj(i -> "!room" + i).toList();
    for (ProcessRole role : List.of(ProcessRole.ROUTER, ProcessRole.RELAY)) {
      assertThat(keys).noneMatch(key -> gate.replica.owns(role, key));
      assertThat(keys)
          .allMatch(key -> router.replica.owns(role, key) != second.replica.owns(role, key));
      assertThat(keys.stream().filter(key -> router.replica.owns(role, key)).count())
          .isBetween(60L, 140L);
    }
    assertThat(keys).allMatch(key -> gate.replica.owns(ProcessRole.GATE, key));
    List<String> before =
        keys.stream().filter(key -> second.replica.owns(ProcessRole.RELAY, key)).toList();
    router.hazelcast.getLifecycleService().terminate();
    await().until(() -> second.replica.members() == 2);
    assertThat(keys).allMatch(key -> second.replica.owns(ProcessRole.RELAY, key));
    assertThat(before).isNotEmpty();
  }

  @Test
  void everyReplicaAcceptsWhatAnyOfThemHasSigned() throws Exception {
    TestReplica one = start();
    TestReplica other = start();
    together(2);
    await()
        .until(
            () ->
                one.secret.keysOf(TestReplica.A).size() == 2
                    && one.secret.keysOf(TestReplica.A).equals(other.secret.keysOf(TestReplica.A)));
    assertThat(one.secret.keyOf(TestReplica.A)).isEqualTo(other.secret.keyOf(TestReplica.A));
    assertThat(other.secret.isMac(one.secret.mac("text"), "text")).isTrue();
    assertThat(other.secret.isMac(one.secret.mac("text"), "other text")).isFalse();
  }

  @Test
  void aNodeThatAnswersAgainIsNewsForEveryReplicaNotOnlyForTheOneThatAsks() throws Exception {
    TestReplica one = start();
    TestReplica other = start();
    together(2);
    List<String> returned = new CopyOnWriteArrayList<>();
    other.reports.onReturn(returned::add);
    one.reports.put(report(NodeReport.State.UNREACHABLE, 1));
    one.reports.put(report(NodeReport.State.SERVING, 2));
    one.reports.put(report(NodeReport.State.SERVING, 3));
    await().until(() -> !returned.isEmpty());
    assertThat(returned).containsExactly("default/main/n1");
  }

  private static NodeReport report(NodeReport.State state, int second) {
    return new NodeReport(
        "default/main/n1",
        "",
        state,
        0,
        0,
        0,
        0,
        new NodeReport.Limits(0, 0, 0),
        Instant.parse("2026-11-21T12:00:00Z").plusSeconds(second));
  }

  @Test
  void whatTwoOfThreeReplicasKeptIsThereWhenBothDieAtOnce() throws Exception {
    TestReplica one = start();
    TestReplica other = start();
    TestReplica last = start();
    together(3);
    List<RoomKey> placed = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      SlotId call = SlotId.ofRoomCall("!call" + i + ":a.test");
      RoomKey key = Rooms.key(TestReplica.A, call, Room.home(TestReplica.A));
      one.rooms.found(key, call, Room.home(TestReplica.A), "default/main/n1");
      placed.add(key);
    }
    await().until(() -> last.hazelcast.getPartitionService().isClusterSafe());

    Thread dying = Thread.startVirtualThread(one.hazelcast.getLifecycleService()::terminate);
    other.hazelcast.getLifecycleService().terminate();
    dying.join();

    await().until(() -> last.replica.members() == 1);
    assertThat(placed).allSatisfy(key -> assertThat(last.rooms.find(key)).isPresent());
  }

  @Test
  void halvesThatWroteApartComeToOneStateAndANewEpoch() throws Exception {
    TestReplica one = start();
    TestReplica other = start();
    together(2);
    Attachment alice = one.join(CALL, "alice", "n1");
    await().until(() -> other.attached(CALL).contains(alice.key()));
    long epoch = other.slots.find(TestReplica.A, CALL).orElseThrow().last().epoch();

    links.cut(Set.of(ips.getFirst()));
    together(1);
    Attachment anna = one.join(CALL, "anna", "n1");
    Attachment abel = other.join(CALL, "abel", "n2");
    SlotId fresh = SlotId.ofRoomCall("!fresh:a.test");
    one.rooms.found(
        Rooms.key(TestReplica.A, fresh, Room.home(TestReplica.A)),
        fresh,
        Room.home(TestReplica.A),
        "default/main/n1");
    other.rooms.found(
        Rooms.key(TestReplica.A, fresh, Room.home(TestReplica.A)),
        fresh,
        Room.home(TestReplica.A),
        "default/main/n2");
    replicas.forEach(replica -> replica.heard.clear());

    links.heal();
    together(2);
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              for (TestReplica replica : replicas) {
                assertThat(replica.attached(CALL))
                    .containsExactlyInAnyOrder(alice.key(), anna.key(), abel.key());
                var state = replica.slots.find(TestReplica.A, CALL).orElseThrow();
                assertThat(state.view().live()).hasSize(3);
                assertThat(state.view().live())
                    .allMatch(held -> held.record().version().epoch() > epoch);
                // Whoever plans or tells peers heard of it too, on both sides.
                assertThat(replica.heard)
                    .anyMatch(change -> change.state().attachments().size() == 3);
                var entry =
                    replica
                        .rooms
                        .glance(Rooms.key(TestReplica.A, fresh, Room.home(TestReplica.A)))
                        .orElseThrow();
                assertThat(entry.placement().live())
                    .extracting(Part::node)
                    .containsExactly("default/main/n1", "default/main/n2");
                assertThat(entry.placement().primary().orElseThrow().node())
                    .isEqualTo("default/main/n1");
              }
            });
    Version last = one.slots.find(TestReplica.A, CALL).orElseThrow().last();
    Attachment ada = other.join(CALL, "ada", "n1");
    await().until(() -> one.attached(CALL).contains(ada.key()));
    assertThat(one.slots.find(TestReplica.A, CALL).orElseThrow().last().isAbove(last)).isTrue();
  }
}
