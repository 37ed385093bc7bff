package dev.weir.service.config;

import dev.weir.service.config.kubernetes.ClusterWatch;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Decides where the configuration comes from: environment variables alone, a directory, or nothing.
 */
@ApplicationScoped
class ConfigurationBeans {
  private static final Logger LOG = Logger.getLogger("dev.weir.service.config");

  private @Nullable ClusterWatch clusterWatch;

  /** The environment, as a seam. */
  @Produces
  @Singleton
  Environment environment() {
    return new Environment(System.getenv());
  }

  /** Environment variables of the process. */
  record Environment(Map<String, String> variables) {
    Environment {
      variables = Map.copyOf(variables);
    }
  }

  /** All sources, read once; {@code namespaces} is there in Kubernetes, and empty for all. */
  record Source(
      Optional<DropIn.Settings> dropIn,
      Optional<Path> directory,
      Optional<List<String>> namespaces) {}

  @Produces
  @Singleton
  Source source(Environment environment) {
    Map<String, String> env = environment.variables();
    Optional<Path> directory = Optional.ofNullable(env.get("WEIR_CONFIG_DIR")).map(Path::of);
    if (directory.isPresent() && DropIn.isMeant(env)) {
      throw new ConfigurationException(
          List.of("WEIR_CONFIG_DIR and LIVEKIT_URL are both set: give one of them"));
    }
    return new Source(
        DropIn.isMeant(env) ? Optional.of(DropIn.read(env)) : Optional.empty(),
        directory,
        directory.isEmpty() && !DropIn.isMeant(env) && env.containsKey("WEIR_KUBERNETES_NAMESPACE")
            ? Optional.of(
                Arrays.stream(env.getOrDefault("WEIR_KUBERNETES_NAMESPACES", "").split(","))
                    .filter(name -> !name.isBlank())
                    .toList())
            : Optional.empty());
  }

  @Produces
  @Singleton
  RouterSettings settings(Environment environment, Source source) {
    return RouterSettings.of(environment.variables(), source.dropIn());
  }

  @Produces
  @Singleton
  DirectoryWatch watch(Source source) {
    if (source.directory().isPresent()) {
      return DirectoryWatch.of(source.directory().get());
    }
    if (source.dropIn().isEmpty() && source.namespaces().isEmpty()) {
      LOG.warn(
          "event=no-configuration hint=\"set WEIR_CONFIG_DIR, or LIVEKIT_URL and the other variables of a token service\"");
    }
    return DirectoryWatch.fixed(source.dropIn().map(DropIn.Settings::sites).orElse(Sites.NONE));
  }

  @Produces
  @Singleton
  Configuration configuration(
      DirectoryWatch watch, Source source, Instance<KubernetesClient> kubernetes) {
    if (source.namespaces().isEmpty()) {
      return watch.configuration();
    }
    ClusterWatch cluster = ClusterWatch.of(kubernetes.get(), source.namespaces().get());
    clusterWatch = cluster;
    return cluster.configuration();
  }

  @PreDestroy
  void closeClusterWatch() {
    if (clusterWatch != null) {
      clusterWatch.close();
    }
  }

  void close(@Disposes DirectoryWatch watch) {
    watch.close();
  }
}
