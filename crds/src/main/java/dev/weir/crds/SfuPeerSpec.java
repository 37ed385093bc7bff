package dev.weir.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
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

/** What an admin agrees on with a partner. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "self.serverName == oldSelf.serverName",
    message = "serverName is immutable: make another SfuPeer for another partner",
    fieldPath = ".serverName")
@ValidationRule(
    value = "self.homeserverRef.name == oldSelf.homeserverRef.name",
    message = "homeserverRef is immutable",
    fieldPath = ".homeserverRef")
@ValidationRule(
    value = "!has(self.servers) || !(self.serverName in self.servers)",
    message = "servers lists further names; serverName itself need not be repeated",
    fieldPath = ".servers")
public record SfuPeerSpec(
    @Required @JsonPropertyDescription("The site that this agreement is of.")
        LocalRef homeserverRef,
    @Required
        @Size(min = 1, max = 253)
        @Pattern(ServerNames.PATTERN)
        @JsonPropertyDescription("The partner's server name.")
        String serverName,
    @Size(max = 32)
        @JsonPropertyDescription(
            "Further server names that the partner may speak for, for example its guest homeserver.")
        List<@Size(min = 1, max = 253) @Pattern(ServerNames.PATTERN) String> servers,
    @JsonPropertyDescription("Trust without the public web: pins or a CA, and where to connect.")
        @Nullable Trust trust,
    @Default("{}") @JsonPropertyDescription("What the partner's users may do here.") Allow allow,
    @Default("{}") @JsonPropertyDescription("Upper bounds of what this partner may use.")
        Limits limits,
    @Default("false")
        @JsonPropertyDescription("End everything with this partner, and refuse it until unset.")
        boolean suspended) {

  public SfuPeerSpec {
    servers = servers == null ? List.of() : List.copyOf(servers);
    allow = allow == null ? Allow.DEFAULT : allow;
    limits = limits == null ? Limits.DEFAULT : limits;
  }

  /** Trust without the public web. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @ValidationRule(
      value = "(has(self.pins) && size(self.pins) > 0) || has(self.caBundleRef)",
      message = "give pins, caBundleRef or both; leave trust out for discovery by the public web")
  public record Trust(
      @Size(max = 8)
          @JsonPropertyDescription(
              "Public keys that the partner's certificate may have, as sha256/ and the base64 of the SPKI's hash.")
          List<@Pattern("^sha256/[A-Za-z0-9+/]{43}=$") String> pins,
      @JsonPropertyDescription("ConfigMap with the CA that signs the partner's certificate.")
          @Nullable KeyRef caBundleRef,
      @Size(max = 260)
          @Pattern("^([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+\\]):[0-9]{1,5}$")
          @JsonPropertyDescription("Where to connect, as host:port, instead of by discovery.")
          @Nullable String endpoint) {
    public Trust {
      pins = pins == null ? List.of() : List.copyOf(pins);
    }
  }

  /** What the partner's users may do here. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Allow(
      @Default("true")
          @JsonPropertyDescription("The partner may bring this site's media to its viewers.")
          Boolean view,
      @Default("true")
          @JsonPropertyDescription("Users of old clients of the partner may publish to this site.")
          Boolean guestPublish) {
    static final Allow DEFAULT = new Allow(true, true);

    public Allow {
      view = view == null || view;
      guestPublish = guestPublish == null || guestPublish;
    }
  }

  /** Upper bounds of what this partner may use; 0 forbids. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Limits(
      @Default("1000") @Min(0) @Max(1000000) @JsonPropertyDescription("Shared calls at once.")
          Integer sessions,
      @Default("2000") @Min(0) @Max(1000000) @JsonPropertyDescription("Legs at once.") Integer legs,
      @Default("500")
          @Min(0)
          @Max(100000)
          @JsonPropertyDescription("Members of the partner in one call.")
          Integer membersPerSession,
      @Default("1000000000")
          @Min(0)
          @JsonPropertyDescription("Media sent to the partner, in bits per second.")
          Long egressBitsPerSecond,
      @Default("50") @Min(0) @Max(100000) @JsonPropertyDescription("Admissions per second.")
          Integer admitsPerSecond) {
    static final Limits DEFAULT = new Limits(1000, 2000, 500, 1_000_000_000L, 50);

    public Limits {
      sessions = sessions == null ? 1000 : sessions;
      legs = legs == null ? 2000 : legs;
      membersPerSession = membersPerSession == null ? 500 : membersPerSession;
      egressBitsPerSecond = egressBitsPerSecond == null ? 1_000_000_000L : egressBitsPerSecond;
      admitsPerSecond = admitsPerSecond == null ? 50 : admitsPerSecond;
    }
  }
}
