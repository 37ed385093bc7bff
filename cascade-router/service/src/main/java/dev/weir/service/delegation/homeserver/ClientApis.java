package dev.weir.service.delegation.homeserver;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.service.net.GuardedHttp;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Where a homeserver's client-server API is: as configured, else as the server's own well-known
 * document says. Never where a client says.
 */
public final class ClientApis {
  private static final Duration KEEP = Duration.ofHours(4);
  private static final Duration KEEP_FAILURE = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A base URL.
   *
   * @param guarded it came from outside, so only public addresses may be dialled
   */
  public record Base(URI url, boolean guarded) {}

  private record Known(Optional<Base> base, long until) {}

  private final GuardedHttp http;
  private final InstantSource clock;
  private final Function<String, URI> wellKnown;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  public ClientApis(GuardedHttp http, InstantSource clock) {
    this(http, clock, host -> URI.create("https://" + host + "/.well-known/matrix/client"));
  }

  ClientApis(GuardedHttp http, InstantSource clock, Function<String, URI> wellKnown) {
    this.http = http;
    this.clock = clock;
    this.wellKnown = wellKnown;
  }

  /** Without a network call, if it is known; nothing otherwise. */
  Optional<Base> cached(Target target) {
    if (target.clientApi().isPresent()) {
      return target.clientApi().map(url -> new Base(url, false));
    }
    Known found = known.get(target.serverName());
    return found != null && found.until() > clock.millis() ? found.base() : Optional.empty();
  }

  /** Blocks for a look-up, unless the answer is known. */
  public Optional<Base> find(Target target) {
    if (target.clientApi().isPresent()) {
      return cached(target);
    }
    Known found = known.get(target.serverName());
    if (found != null && found.until() > clock.millis()) {
      return found.base();
    }
    Optional<Base> base = lookUp(target.serverName());
    Duration keep = base.isPresent() ? KEEP : KEEP_FAILURE;
    // A document that cannot be had just now does not make the one that we had wrong.
    Optional<Base> kept = base.isEmpty() && found != null ? found.base() : base;
    known.put(target.serverName(), new Known(kept, clock.millis() + keep.toMillis()));
    return kept;
  }

  private Optional<Base> lookUp(String serverName) {
    try {
      GuardedHttp.Answer answer = http.get(wellKnown.apply(host(serverName)));
      if (answer.status() != 200) {
        return Optional.empty();
      }
      JsonNode url = JSON.readTree(answer.body()).path("m.homeserver").path("base_url");
      if (!url.isTextual()) {
        return Optional.empty();
      }
      URI base = URI.create(url.textValue().replaceAll("/+$", ""));
      boolean usable = base.getHost() != null && String.valueOf(base.getScheme()).matches("https?");
      return usable ? Optional.of(new Base(base, true)) : Optional.empty();
    } catch (JacksonException | IllegalArgumentException e) {
      return Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The well-known document lives at the host of the server name, whatever its port is. */
  private static String host(String serverName) {
    return serverName.replaceFirst(":\\d+$", "");
  }
}
