package dev.weir.service.config;

import dev.weir.service.sfu.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
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
 * @param dropInKey the one key of a router that is configured by the token service's variables
 * @param redis where the token service that we replace keeps its jobs
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
    Optional<SigningKey> dropInKey,
    Optional<Duration> sanityCheck,
    Optional<RedisAddress> redis) {
  private static final String ANYWHERE = "0.0.0.0/0,::/0";

  public RouterSettings {
    roles = Set.copyOf(roles);
  }

  static Path dataDir(Map<String, String> env) {
    return Path.of(env.getOrDefault("WEIR_DATA_DIR", "data"));
  }

  static boolean isWritable(Path folder) {
    try {
      Files.createDirectories(folder);
      return Files.isWritable(folder);
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether what is kept in the data directory survives this process. */
  public boolean canKeep() {
    return isWritable(dataDir);
  }

  /** The settings of a process with this environment. */
  public static RouterSettings of(Map<String, String> env) {
    return of(env, DropIn.isMeant(env) ? Optional.of(DropIn.read(env)) : Optional.empty());
  }

  static RouterSettings of(Map<String, String> env, Optional<DropIn.Settings> dropIn) {
    return new RouterSettings(
        dataDir(env),
        // Who switches verification off runs a laboratory, whose homeservers have private
        // addresses.
        dropIn.filter(settings -> !settings.verifyTls()).isPresent()
            ? ANYWHERE
            : env.getOrDefault("WEIR_ALLOWED_NETWORKS", ""),
        ProcessRole.parse(env.getOrDefault("WEIR_ROLES", ProcessRole.DEFAULT)),
        dropIn.map(DropIn.Settings::verifyTls).orElse(true),
        Optional.ofNullable(env.get("WEIR_CLUSTER_MEMBERS")),
        Optional.ofNullable(env.get("WEIR_CLUSTER_DNS")),
        Optional.ofNullable(env.get("WEIR_CLUSTER_ADDRESS")),
        Optional.ofNullable(env.get("WEIR_CLUSTER_ADVERTISED")),
        Optional.ofNullable(env.get("WEIR_GATE_SECRET_FILE")).map(Path::of),
        dropIn.map(DropIn.Settings::key),
        dropIn.flatMap(DropIn.Settings::sanityCheck),
        dropIn.flatMap(DropIn.Settings::redis));
  }

  public boolean has(ProcessRole role) {
    return roles.contains(role);
  }
}
