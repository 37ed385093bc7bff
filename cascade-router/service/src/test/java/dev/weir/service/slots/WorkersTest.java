package dev.weir.service.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Routers and gates with one shared memory, as in Kubernetes. */
class WorkersTest {
  private static final int KEYS = 300;

  private final List<HazelcastInstance> members = new ArrayList<>();
  private int firstPort;

  @BeforeEach
  void choosePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      firstPort = socket.getLocalPort();
    }
  }

  @AfterEach
  void stop() {
    members.reversed().forEach(HazelcastInstance::shutdown);
  }

  private HazelcastInstance start(Set<String> roles) {
    Config config = new Config();
    config.setProperty("hazelcast.logging.type", "none");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.wait.seconds.before.join", "0");
    config.getJetConfig().setEnabled(false);
    config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
    config.getNetworkConfig().setPort(members.isEmpty() ? firstPort : 0);
    var join = config.getNetworkConfig().getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getTcpIpConfig().setEnabled(true).addMember("127.0.0.1:" + firstPort);
    Workers.announce(config, roles);
    HazelcastInstance member = Hazelcast.newHazelcastInstance(config);
    members.add(member);
    return member;
  }

  private static long works(HazelcastInstance member) {
    return IntStream.range(0, KEYS)
        .filter(number -> Workers.isOurs(member, "key" + number, false))
        .count();
  }

  @Test
  void aRouterWorksOnTheKeysThatGatesKeep() {
    HazelcastInstance gate = start(Set.of("gate"));
    gate.getMap("weir.some").set("a", "b");
    HazelcastInstance router = start(Set.of("router", "relay"));

    await().until(() -> works(router) == KEYS);
    assertThat(works(gate)).isZero();
    assertThat(Workers.allWork(router)).isFalse();
  }

  @Test
  void routersShareWhatGatesKeepAndNoKeyIsWorkedOnTwice() {
    start(Set.of("gate"));
    HazelcastInstance one = start(Set.of("router", "relay"));
    HazelcastInstance two = start(Set.of("router", "relay"));

    await().until(() -> works(one) + works(two) == KEYS);
    assertThat(works(one)).isBetween(1L, KEYS - 1L);
    assertThat(IntStream.range(0, KEYS).mapToObj(number -> "key" + number))
        .noneMatch(key -> Workers.isOurs(one, key, false) && Workers.isOurs(two, key, false));
  }

  @Test
  void aProcessWithAllRolesWorks() {
    HazelcastInstance alone = start(Set.of("router", "relay", "gate"));

    alone.getMap("weir.some").set("a", "b");
    assertThat(works(alone)).isEqualTo(KEYS);
    assertThat(Workers.allWork(alone)).isTrue();
  }
}
