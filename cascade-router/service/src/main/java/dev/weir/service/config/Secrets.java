package dev.weir.service.config;

import java.util.Map;
import java.util.Optional;

/** Reads Secrets and ConfigMaps, by key. */
public interface Secrets {
  /** The contents of a Secret, or empty when there is none of that name. */
  Optional<Map<String, String>> secret(String namespace, String name);

  Optional<Map<String, String>> configMap(String namespace, String name);
}
