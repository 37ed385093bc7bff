package dev.weir.service.slots;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MaxSizePolicy;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.spi.merge.LatestUpdateMergePolicy;
import com.hazelcast.spi.merge.PutIfAbsentMergePolicy;
import dev.weir.service.config.ProcessRole;
import dev.weir.service.config.RouterSettings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * This replica's member of the shared memory. Alone it listens on loopback only, so that a single
 * router opens nothing to the network. Replicas are found by a list or by a DNS name.
 */
@ApplicationScoped
class Cluster {
  private static final int DEFAULT_PORT = 5701;
  private static final int MOST_TOLD = 200_000;

  /** Every exception holds one of them. */
  private static final String[] LISTS_OF_FAILURES = {
    "java.util.Collections$EmptyList",
    "java.util.Collections$UnmodifiableList",
    "java.util.Collections$UnmodifiableCollection",
    "java.util.ArrayList"
  };

  @Produces
  @Singleton
  HazelcastInstance hazelcast(RouterSettings settings) {
    return EarlyStart.take().orElseGet(() -> Hazelcast.newHazelcastInstance(config(settings)));
  }

  void close(@Disposes HazelcastInstance hazelcast) {
    hazelcast.shutdown();
  }

  static Config config(RouterSettings settings) {
    Config config = new Config();
    config.setClassLoader(Thread.currentThread().getContextClassLoader());
    config.setClusterName("weir");
    config.setProperty("hazelcast.logging.type", "jdk");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.shutdownhook.enabled", "false");
    config.setProperty("hazelcast.socket.bind.any", "false");
    config.setProperty("hazelcast.operation.call.timeout.millis", "10000");
    config.setProperty("hazelcast.max.no.heartbeat.seconds", "10");
    config.setProperty("hazelcast.heartbeat.interval.seconds", "2");
    config.setProperty("hazelcast.merge.first.run.delay.seconds", "10");
    config.setProperty("hazelcast.merge.next.run.delay.seconds", "5");
    config.getMetricsConfig().setEnabled(false);
    config.getJetConfig().setEnabled(false);
    JavaSerializationFilterConfig filter = new JavaSerializationFilterConfig();
    // Values are strings, numbers and byte arrays, which need no Java serialisation. What is left
    // are failures of operations, which travel as exceptions.
    filter.setDefaultsDisabled(true);
    filter.getWhitelist().addPrefixes("com.hazelcast.", "java.lang.", "[Ljava.lang.");
    filter.getWhitelist().addClasses(LISTS_OF_FAILURES);
    config
        .getSerializationConfig()
        .setJavaSerializationFilterConfig(filter)
        .addDataSerializableFactory(Reunited.FACTORY, Reunited.POLICIES);
    maps(config);
    config.getMemberAttributeConfig().setAttribute(Replica.NAME, UUID.randomUUID().toString());
    config
        .getMemberAttributeConfig()
        .setAttribute(
            Replica.ROLES,
            settings.roles().stream().map(ProcessRole::word).collect(Collectors.joining(",")));
    config.setProperty("hazelcast.wait.seconds.before.join", "0");
    // Our maps are small and few: threads for a data grid would only cost memory.
    config.setProperty("hazelcast.operation.thread.count", "2");
    config.setProperty("hazelcast.operation.generic.thread.count", "2");
    config.setProperty("hazelcast.io.input.thread.count", "1");
    config.setProperty("hazelcast.io.output.thread.count", "1");
    network(config, settings);
    return config;
  }

  /** What two halves make of an entry that both have; else the newer one holds. */
  private static void maps(Config config) {
    map(config, "weir.*", LatestUpdateMergePolicy.class);
    map(config, "weir.slots", Reunited.Slots.class);
    map(config, "weir.rooms", Reunited.Places.class);
    map(config, "weir.leases", Reunited.Leases.class);
    map(config, "weir.epochs", Reunited.Highest.class);
    map(config, "weir.fences", Reunited.Highest.class);
    map(config, "weir.newcomers", Reunited.Highest.class);
    // A move that the larger half runs is not to be overwritten by one that has lost its race.
    map(config, "weir.moves", PutIfAbsentMergePolicy.class);
    // What homeservers tell can be told again, and nothing fails without it.
    for (String told : List.of("weir.memberships", "weir.closed")) {
      map(config, told, LatestUpdateMergePolicy.class)
          .getEvictionConfig()
          .setEvictionPolicy(EvictionPolicy.LRU)
          .setMaxSizePolicy(MaxSizePolicy.PER_NODE)
          .setSize(MOST_TOLD);
    }
  }

  private static MapConfig map(Config config, String name, Class<?> policy) {
    MapConfig map =
        new MapConfig(name)
            .setBackupCount(1)
            // The third copy is not waited for: two of three replicas may die at once.
            .setAsyncBackupCount(1)
            .setInMemoryFormat(InMemoryFormat.BINARY)
            // When an entry was last written is what the policies go by.
            .setPerEntryStatsEnabled(true)
            .setMergePolicyConfig(new MergePolicyConfig().setPolicy(policy.getName()));
    config.addMapConfig(map);
    return map;
  }

  /**
   * Only members may speak on the port: there are no clients of the data grid, and leaving their
   * protocol out spares its attack surface, memory and a part of the start.
   */
  private static void network(Config config, RouterSettings settings) {
    AdvancedNetworkConfig network = config.getAdvancedNetworkConfig().setEnabled(true);
    JoinConfig join = network.getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    String address = settings.clusterAddress().orElse("");
    // A bare IPv6 address has no port; with one it is in brackets.
    boolean bareIpv6 = address.indexOf(':') != address.lastIndexOf(':') && !address.startsWith("[");
    int colon = bareIpv6 || address.endsWith("]") ? -1 : address.lastIndexOf(':');
    String host = colon < 0 ? address : address.substring(0, colon);
    boolean alone = settings.members().isEmpty() && settings.clusterDns().isEmpty();
    int given = colon < 0 ? DEFAULT_PORT : Integer.parseInt(address.substring(colon + 1));
    var door = new ServerSocketEndpointConfig();
    // Nobody looks for a router that is alone, so any free port does.
    door.setPort(alone ? 0 : given).setPortAutoIncrement(false);
    if (alone || !host.isEmpty()) {
      // By address and not by interface: an address of loopback is on no interface's list.
      config.setProperty(
          "hazelcast.local.localAddress", alone ? "127.0.0.1" : host.replaceAll("[\\[\\]]", ""));
    }
    settings.clusterAdvertised().ifPresent(door::setPublicAddress);
    network.setMemberEndpointConfig(door);
    settings
        .members()
        .ifPresent(
            members ->
                join.getTcpIpConfig()
                    .setEnabled(true)
                    .setMembers(Arrays.asList(members.split("[,\\s]+"))));
    settings
        .clusterDns()
        .ifPresent(
            name ->
                join.getKubernetesConfig()
                    .setEnabled(true)
                    .setProperty("service-dns", name)
                    .setProperty("service-dns-timeout", "5"));
  }
}
