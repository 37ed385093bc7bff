package dev.weir.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What Weir found out about a partner. Written by the operator only. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SfuPeerStatus(
    @JsonPropertyDescription("Generation that this status is about.") long observedGeneration,
    @JsonPropertyDescription(
            "Accepted, ResolvedRefs, Programmed, Discovered, TrustVerified, Compatible, Connected.")
        List<Condition> conditions,
    @JsonPropertyDescription("Version of the protocol that both sides speak.")
        @Nullable Integer protocolVersion,
    @JsonPropertyDescription("When the partner last proved its name (RFC 3339).")
        @Nullable String lastHandshake,
    @JsonPropertyDescription("Public keys that the partner may use, as pins.") List<String> keys,
    @JsonPropertyDescription("When the partner's certificate ends (RFC 3339).")
        @Nullable String certificateNotAfter,
    @JsonPropertyDescription("Running legs.") int legs,
    @JsonPropertyDescription("Media from and to the partner, in bits per second.")
        long bitrateBitsPerSecond) {
  public SfuPeerStatus {
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
    keys = keys == null ? List.of() : List.copyOf(keys);
  }
}
