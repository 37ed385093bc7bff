package dev.weir.service.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How this router process is set up, beside the sites that it serves.
 *
 * @param dataDir what must survive a restart
 * @param allowedNetworks addresses that strangers' words may lead us to, besides public ones
 * @param members other replicas as {@code host:port}, comma-separated
 * @param clusterDns a name whose addresses are all replicas
 * @param clusterAddress where this replica listens for the others, {@code host:port}
 * @param clusterAdvertised where the others reach this replica, when that is another address
 * @param gateSecretFile holds the secret that the gate's keys are derived from; all replicas have
 *     the same
 * @param sanityCheck how often rooms are polled for presence
 */
public record RouterSettings(
    Path dataDir,
    String allowedNetworks,
    Set<ProcessRole> roles,
    boolean verifyTls,
    Optional<String> members,
    Optional<String> clusterDns,
    Optional<String> clusterAddress,
    Optional<String> clusterAdvertised,
    Optional<Path> gateSecretFile,
    Optional<Duration> sanityCheck,
    Optional<String> redisUrl) {
  public RouterSettings {
    roles = Set.copyOf(roles);
  }

  static RouterSettings of(Map<String, String> env, Optional<DropIn.Settings> dropIn) {
    return new RouterSettings(
        Path.of(env.getOrDefault("WEIR_DATA_DIR", "data")),
        env.getOrDefault("WEIR_ALLOWED_NETWORKS", ""),
        ProcessRole.parse(env.getOrDefault("WEIR_ROLES", ProcessRole.DEFAULT)),
        dropIn.map(DropIn.Settings::verifyTls).orElse(true),
        Optional.ofNullable(env.get("WEIR_CLUSTER_MEMBERS")),
        Optional.ofNullable(env.get("WEIR_CLUSTER_DNS")),
        Optional.ofNullable(env.get("WEIR_CLUSTER_ADDRESS")),
        Optional.ofNullable(env.get("WEIR_CLUSTER_ADVERTISED")),
        Optional.ofNullable(env.get("WEIR_GATE_SECRET_FILE")).map(Path::of),
        dropIn.flatMap(DropIn.Settings::sanityCheck),
        dropIn.flatMap(DropIn.Settings::redisUrl));
  }

  public boolean has(ProcessRole role) {
    return roles.contains(role);
  }
}
