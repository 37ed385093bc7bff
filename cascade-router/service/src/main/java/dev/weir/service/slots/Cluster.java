package dev.weir.service.slots;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MaxSizePolicy;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.weir.service.config.RouterSettings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Arrays;
import java.util.List;

/**
 * This replica's member of the shared memory. Alone it listens on loopback only, so that a single
 * router opens nothing to the network. Replicas are found by a list or by a DNS name.
 */
@ApplicationScoped
class Cluster {
  private static final int DEFAULT_PORT = 5701;
  private static final int MOST_TOLD = 200_000;

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
    // Only strings and byte arrays are ever stored: nobody who reaches the port gains a gadget.
    JavaSerializationFilterConfig filter = new JavaSerializationFilterConfig();
    filter.getWhitelist().addPrefixes("java.lang.", "java.util.", "com.hazelcast.");
    config.getSerializationConfig().setJavaSerializationFilterConfig(filter);
    config.addMapConfig(
        new MapConfig("weir.*").setBackupCount(1).setInMemoryFormat(InMemoryFormat.BINARY));
    // What homeservers tell can be told again, and nothing fails without it.
    for (String told : List.of("weir.memberships", "weir.closed")) {
      MapConfig bounded = new MapConfig(told).setInMemoryFormat(InMemoryFormat.BINARY);
      bounded
          .getEvictionConfig()
          .setEvictionPolicy(EvictionPolicy.LRU)
          .setMaxSizePolicy(MaxSizePolicy.PER_NODE)
          .setSize(MOST_TOLD);
      config.addMapConfig(bounded);
    }
    config.setProperty("hazelcast.wait.seconds.before.join", "0");
    // Our maps are small and few: threads for a data grid would only cost memory.
    config.setProperty("hazelcast.operation.thread.count", "2");
    config.setProperty("hazelcast.operation.generic.thread.count", "2");
    config.setProperty("hazelcast.io.input.thread.count", "1");
    config.setProperty("hazelcast.io.output.thread.count", "1");
    network(config.getAdvancedNetworkConfig(), settings);
    return config;
  }

  /**
   * Only members may speak on the port: there are no clients of the data grid, and leaving their
   * protocol out spares its attack surface, memory and a part of the start.
   */
  private static void network(AdvancedNetworkConfig network, RouterSettings settings) {
    network.setEnabled(true);
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
    ServerSocketEndpointConfig endpoint = new ServerSocketEndpointConfig();
    // Nobody looks for a router that is alone, so any free port does.
    endpoint.setPort(alone ? 0 : given).setPortAutoIncrement(false);
    if (alone || !host.isEmpty()) {
      endpoint.getInterfaces().setEnabled(true).addInterface(alone ? "127.0.0.1" : host);
    }
    network.setMemberEndpointConfig(endpoint);
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
