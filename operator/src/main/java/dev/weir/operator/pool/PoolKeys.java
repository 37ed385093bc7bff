package dev.weir.operator.pool;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.crds.WeirApi;
import dev.weir.operator.keys.KeyNames;
import dev.weir.operator.keys.KeyRing;
import dev.weir.operator.model.Canonical;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A key ring as a Secret: the key file as data, times as annotations. */
final class PoolKeys {
  private static final String MADE = WeirApi.GROUP + "/keys-made";
  private static final String PROMOTED = WeirApi.GROUP + "/keys-promoted";
  private static final String REQUEST = WeirApi.GROUP + "/keys-request";
  private static final ObjectMapper JSON = new ObjectMapper();

  private PoolKeys() {}

  static KeyRing read(@Nullable Secret secret) {
    if (secret == null || file(secret).isEmpty()) {
      return KeyRing.EMPTY;
    }
    Map<String, String> annotations =
        Objects.requireNonNullElse(secret.getMetadata().getAnnotations(), Map.of());
    Map<String, String> made = made(annotations.getOrDefault(MADE, "{}"));
    List<KeyRing.Key> keys = new ArrayList<>();
    for (Map.Entry<String, String> line : lines(file(secret)).entrySet()) {
      Instant when = Instant.parse(made.getOrDefault(line.getKey(), Instant.EPOCH.toString()));
      keys.add(new KeyRing.Key(line.getKey(), line.getValue(), when));
    }
    String promoted = annotations.get(PROMOTED);
    return new KeyRing(
        keys, promoted == null ? null : Instant.parse(promoted), annotations.get(REQUEST));
  }

  static Secret write(KeyRing ring, ObjectMeta metadata) {
    Map<String, String> annotations = new TreeMap<>();
    Map<String, String> made = new TreeMap<>();
    ring.keys().forEach(key -> made.put(key.name(), key.made().toString()));
    annotations.put(MADE, Canonical.json(made));
    if (ring.promoted() != null) {
      annotations.put(PROMOTED, ring.promoted().toString());
    }
    if (ring.request() != null) {
      annotations.put(REQUEST, ring.request());
    }
    metadata.setAnnotations(annotations);
    String file = Base64.getEncoder().encodeToString(ring.file().getBytes(StandardCharsets.UTF_8));
    return new SecretBuilder()
        .withMetadata(metadata)
        .withType("Opaque")
        .withData(Map.of(WeirApi.KEY_FILE, file))
        .build();
  }

  /** Names in a Secret that somebody else keeps, oldest first. */
  static List<String> names(@Nullable Secret secret) {
    List<String> names = new ArrayList<>(secret == null ? List.of() : KeyNames.of(file(secret)));
    Collections.reverse(names);
    return names;
  }

  private static String file(Secret secret) {
    String data = secret.getData() == null ? null : secret.getData().get(WeirApi.KEY_FILE);
    return data == null ? "" : new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8);
  }

  private static Map<String, String> lines(String file) {
    Map<String, String> lines = new LinkedHashMap<>();
    file.lines()
        .filter(line -> line.contains(":"))
        .forEach(
            line -> {
              int colon = line.indexOf(':');
              lines.put(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
            });
    return lines;
  }

  private static Map<String, String> made(String json) {
    try {
      return JSON.readValue(json, new TypeReference<Map<String, String>>() {});
    } catch (JsonProcessingException e) {
      // Somebody edited the annotation: the keys then count as old, and are rotated in their turn.
      return Map.of();
    }
  }
}
