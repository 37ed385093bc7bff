package dev.weir.service.appservice;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.weir.service.config.HomeSite;
import dev.weir.service.delegation.homeserver.ClientApis;
import dev.weir.service.delegation.homeserver.Target;
import dev.weir.service.net.GuardedHttp;
import dev.weir.service.net.GuardedHttp.Answer;
import dev.weir.service.net.TrustedHttp;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an application service asks its homeserver: who is joined to a room (MSC4502), how long a
 * delayed event waits (MSC4140), and to pass a request on to another server (MSC4512). Each of them
 * has an unstable path, and a stable one for homeservers that say so.
 */
@Singleton
public final class OwnHomeserver {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration KEEP_FEATURES = Duration.ofMinutes(10);

  private final ClientApis apis;
  private final GuardedHttp http;
  private final Cache<URI, JsonNode> features =
      Caffeine.newBuilder().maximumSize(1000).expireAfterWrite(KEEP_FEATURES).build();

  OwnHomeserver(GuardedHttp strangers, TrustedHttp trusted, InstantSource clock) {
    this.apis = new ClientApis(strangers, clock);
    this.http = trusted.http();
  }

  /** Nobody knows where the homeserver's client-server API is. */
  public static final class NoClientApi extends Exception {
    private static final long serialVersionUID = 1;
  }

  /** A homeserver whose client-server API was found. */
  public final class Api {
    private final URI base;
    private final String token;

    private Api(URI base, String token) {
      this.base = base;
      this.token = token;
    }

    public boolean isUserJoined(String room, String user) throws IOException {
      return isJoined(room, "mxid=" + encode(user));
    }

    public boolean isServerJoined(String room, String server) throws IOException {
      return isJoined(room, "server_name=" + encode(server));
    }

    private boolean isJoined(String room, String query) throws IOException {
      String start =
          has("io.element.msc4502.stable")
              ? "/_matrix/client/v3/rooms/"
              : "/_matrix/client/unstable/io.element.msc4502/rooms/";
      Answer answer = send("GET", start + encode(room) + "/is_joined?" + query, null);
      JsonNode joined = json(answer.body()).path("joined");
      if (answer.status() != 200 || !joined.isBoolean()) {
        throw new IOException("the homeserver answered " + answer.status());
      }
      return joined.booleanValue();
    }

    /** How long the user's delayed event of this room waits; empty when there is no such event. */
    public Optional<Duration> delayOf(String delayId, String room, String user) throws IOException {
      String start =
          has("org.matrix.msc4140.stable")
              ? "/_matrix/client/v1/delayed_events/"
              : "/_matrix/client/unstable/org.matrix.msc4140/delayed_events/";
      Answer answer = send("GET", start + encode(delayId) + "?user_id=" + encode(user), null);
      if (answer.status() == 404) {
        return Optional.empty();
      }
      JsonNode event = json(answer.body());
      long delay = event.path("delay").asLong(0);
      if (answer.status() != 200 || delay <= 0) {
        throw new IOException("the homeserver answered " + answer.status());
      }
      boolean here = event.path("room_id").asText("").equals(room);
      return here ? Optional.of(Duration.ofMillis(delay)) : Optional.empty();
    }

    /** What another server answered to a request that our homeserver signed and sent. */
    public Relayed relay(String destination, String path, ObjectNode body) throws IOException {
      ObjectNode envelope =
          JSON.createObjectNode()
              .put("destination", destination)
              .put("method", "POST")
              .put("path", path)
              .set("body", body);
      String proxy =
          has("io.element.msc4512.stable")
              ? "/_matrix/client/v1/appservice/fed_proxy"
              : "/_matrix/client/unstable/io.element.msc4512/appservice/fed_proxy";
      Answer answer = send("POST", proxy, envelope);
      JsonNode read = json(answer.body());
      if (answer.status() != 200 || !read.path("status").isInt()) {
        throw new IOException("the homeserver answered " + answer.status());
      }
      return new Relayed(read.path("status").intValue(), read.path("content"));
    }

    private boolean has(String feature) {
      @Nullable JsonNode known = features.getIfPresent(base);
      if (known == null) {
        try {
          Answer answer = send("GET", "/_matrix/client/versions", null);
          known = json(answer.body()).path("unstable_features");
          if (answer.status() == 200) {
            features.put(base, known);
          }
        } catch (IOException e) {
          // The question itself will say that the homeserver is away.
          return false;
        }
      }
      return known.path(feature).asBoolean(false);
    }

    private Answer send(String method, String target, @Nullable ObjectNode body)
        throws IOException {
      return http.send(
          method,
          base,
          target,
          Map.of("authorization", "Bearer " + token, "content-type", "application/json"),
          body == null ? "" : body.toString());
    }
  }

  /** Another server's answer. */
  public record Relayed(int status, JsonNode content) {
    @Override
    public String toString() {
      return "Relayed[" + status + "]";
    }
  }

  /** The homeserver of a site that has an application service; blocks for a look-up. */
  public Api of(HomeSite home) throws NoClientApi {
    HomeSite.AppService service = home.appService().orElseThrow();
    String server = home.site().name();
    Target target =
        new Target(
            server,
            Optional.ofNullable(home.clientApis().get(server)),
            Optional.of(service.asToken()));
    ClientApis.Base base = apis.find(target).orElseThrow(NoClientApi::new);
    return new Api(base.url(), service.asToken());
  }

  private static JsonNode json(String body) {
    try {
      @Nullable JsonNode read = JSON.readTree(body);
      return read == null ? MissingNode.getInstance() : read;
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
