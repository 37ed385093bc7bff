package dev.weir.service.config.kubernetes;

import dev.weir.service.config.Secrets;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads Secrets and ConfigMaps by name, once a round; while the API server is away, what was read
 * last counts.
 */
final class RememberedSecrets implements Secrets {
  private final KubernetesClient client;
  private final Map<String, Map<String, String>> remembered = new TreeMap<>();
  private final Set<String> readInThisRound = new HashSet<>();

  RememberedSecrets(KubernetesClient client) {
    this.client = client;
  }

  void beginRound() {
    readInThisRound.clear();
  }

  /** Changes with the contents, and tells nothing of them. */
  String fingerprint() {
    return Integer.toHexString(remembered.hashCode());
  }

  @Override
  public Optional<Map<String, String>> secret(String namespace, String name) {
    return read(
        "Secret/" + namespace + '/' + name,
        () -> {
          Secret secret = client.secrets().inNamespace(namespace).withName(name).get();
          return secret == null ? null : decoded(secret);
        });
  }

  @Override
  public Optional<Map<String, String>> configMap(String namespace, String name) {
    return read(
        "ConfigMap/" + namespace + '/' + name,
        () -> {
          ConfigMap map = client.configMaps().inNamespace(namespace).withName(name).get();
          return map == null ? null : map.getData() == null ? Map.of() : Map.copyOf(map.getData());
        });
  }

  private Optional<Map<String, String>> read(
      String key, Supplier<@Nullable Map<String, String>> reading) {
    if (readInThisRound.add(key)) {
      try {
        Map<String, String> values = reading.get();
        if (values == null) {
          remembered.remove(key);
        } else {
          remembered.put(key, values);
        }
      } catch (KubernetesClientException e) {
        // Not found comes as null: this is an API server that is away or refuses us, and calls go
        // on with what we know.
        return Optional.ofNullable(remembered.get(key));
      }
    }
    return Optional.ofNullable(remembered.get(key));
  }

  private static Map<String, String> decoded(Secret secret) {
    Map<String, String> values = new HashMap<>();
    if (secret.getData() != null) {
      secret
          .getData()
          .forEach(
              (key, value) ->
                  values.put(
                      key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
    }
    return values;
  }
}
