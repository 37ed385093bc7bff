package dev.weir.service.sfu;

import java.util.Map;

/** Whom a token is for: the LiveKit identity, and what other participants see beside it. */
public record Bearer(
    String identity, String name, String metadata, Map<String, String> attributes) {
  public Bearer {
    attributes = Map.copyOf(attributes);
  }

  public static Bearer of(String identity) {
    return new Bearer(identity, "", "", Map.of());
  }
}
