package dev.weir.relay;

import java.util.Map;

/** A member as the source room shows it, and as the target room shall. */
public record RelayedParticipant(
    String identity, String name, String metadata, Map<String, String> attributes) {
  public RelayedParticipant {
    attributes = Map.copyOf(attributes);
  }
}
