package dev.weir.service.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.weir.service.sfu.SigningKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** LiveKit's key file: a line {@code name: secret} for each key, newest first. */
final class KeyFile {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private KeyFile() {}

  /** The keys; an {@link IllegalArgumentException} says what is wrong without showing a secret. */
  static List<SigningKey> parse(String text) {
    JsonNode lines;
    try {
      lines = YAML.readTree(text);
    } catch (JsonProcessingException e) {
      // The parser's message would quote the file.
      throw new IllegalArgumentException("it is no LiveKit key file (lines of name: secret)");
    }
    Map<String, String> entries = new LinkedHashMap<>();
    lines.properties().forEach(line -> entries.put(line.getKey(), line.getValue().asText()));
    return entries(entries);
  }

  static List<SigningKey> entries(Map<String, String> entries) {
    List<SigningKey> keys = new ArrayList<>();
    entries.forEach(
        (id, secret) -> {
          if (!id.isBlank() && !secret.isBlank()) {
            keys.add(new SigningKey(id.strip(), secret.strip()));
          }
        });
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("it holds no key; write a line name: secret");
    }
    return keys;
  }

  /** The texts at the top of a YAML file; nothing of a file that is no such file. */
  static Map<String, String> flat(String text) {
    Map<String, String> entries = new LinkedHashMap<>();
    try {
      YAML.readTree(text)
          .properties()
          .forEach(line -> entries.put(line.getKey(), line.getValue().asText().strip()));
    } catch (JsonProcessingException e) {
      // Its message would quote the file; whoever asks misses what it wanted, and says so.
      return Map.of();
    }
    return entries;
  }
}
