package dev.weir.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an admin says about a Matrix server whose users' media this site hosts. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "self.serverName == oldSelf.serverName",
    message = "serverName is immutable: make another Homeserver for another server",
    fieldPath = ".serverName")
public record HomeserverSpec(
    @Required
        @Size(min = 1, max = 253)
        @Pattern(ServerNames.PATTERN)
        @JsonPropertyDescription("The server name in the users' ids (the part after the colon).")
        String serverName,
    @Required
        @Size(min = 9, max = 2048)
        @Pattern("^https?://[^\\s?#]+$")
        @JsonPropertyDescription(
            "Public URL of this site's token service and gate: the livekit_service_url that clients get from the homeserver's well-known document.")
        String publicUrl,
    @Size(max = 2048)
        @Pattern("^https?://[^\\s?#]+$")
        @JsonPropertyDescription(
            "Base URL of the client-server API when it should not be found by discovery, for example a Service in the cluster.")
        @Nullable String clientApiUrl,
    @Size(max = 2048)
        @Pattern("^https?://[^\\s?#]+$")
        @JsonPropertyDescription(
            "Base URL of the federation API (for verifying OpenID tokens) when it should not be found by discovery.")
        @Nullable String federationApiUrl,
    @Default("{}") @JsonPropertyDescription("Who may do what at this site.") Access access,
    @JsonPropertyDescription(
            "Secret with the application service's tokens, keys as_token and hs_token. With it the router learns of room membership from the homeserver.")
        @Nullable LocalRef appServiceSecretRef,
    @JsonPropertyDescription("How partners reach this site. Absent: this site has no partners.")
        @Nullable Peering peering,
    @Default("{}") @JsonPropertyDescription("Delegated delayed leaves.") Delegation delegation) {

  public HomeserverSpec {
    access = access == null ? new Access(List.of(), Restricted.SUBSCRIBE, false) : access;
    delegation = delegation == null ? new Delegation(Delegation.DEFAULT_MAX_DELAY) : delegation;
  }

  /** Who may do what at this site. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  public record Access(
      @Size(max = 64)
          @JsonPropertyDescription(
              "Server names, beside serverName, whose users have this site as their home.")
          List<@Size(min = 1, max = 253) @Pattern(ServerNames.PATTERN) String> fullAccess,
      @Default("Subscribe")
          @JsonPropertyDescription(
              "What users of servers without an agreement get: Subscribe (watch only) or Deny.")
          Restricted restricted,
      @Default("false")
          @JsonPropertyDescription(
              "Let users of servers without an agreement publish too, as old token services did.")
          boolean unpeeredPublish) {
    public Access {
      fullAccess = fullAccess == null ? List.of() : List.copyOf(fullAccess);
      restricted = restricted == null ? Restricted.SUBSCRIBE : restricted;
    }
  }

  /** What users of servers without an agreement get. */
  public enum Restricted {
    @JsonProperty("Subscribe")
    SUBSCRIBE,
    @JsonProperty("Deny")
    DENY
  }

  /** How partners reach this site. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @ValidationRule(
      value = "!(has(self.certificateSecretRef) && has(self.issuerRef))",
      message = "give certificateSecretRef or issuerRef, not both")
  public record Peering(
      @Required
          @Size(min = 1, max = 253)
          @Pattern("^[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?$|^[0-9A-Fa-f:.]+$")
          @JsonPropertyDescription("Public host name or address for partners.")
          String host,
      @Default("8449") @Min(1) @Max(65535) @JsonPropertyDescription("Port for partners.") int port,
      @JsonPropertyDescription(
              "Secret with tls.crt and tls.key; its certificate names serverName. With neither this nor issuerRef the operator makes one.")
          @Nullable LocalRef certificateSecretRef,
      @JsonPropertyDescription("cert-manager issuer that makes the certificate.")
          @Nullable IssuerRef issuerRef) {
    public Peering {
      port = port == 0 ? 8449 : port;
    }
  }

  /** Delegated delayed leaves. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Delegation(
      @Default(DEFAULT_MAX_DELAY)
          @Pattern(Durations.PATTERN)
          @JsonPropertyDescription("Longest delay of a leave event that a client may hand over.")
          String maxDelay) {
    static final String DEFAULT_MAX_DELAY = "24h";

    public Delegation {
      maxDelay = maxDelay == null ? DEFAULT_MAX_DELAY : maxDelay;
    }
  }
}
