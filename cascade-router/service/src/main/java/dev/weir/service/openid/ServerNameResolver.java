package dev.weir.service.openid;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.weir.service.net.Dns;
import dev.weir.service.net.GuardedHttp;
import dev.weir.service.net.GuardedHttp.Answer;
import dev.weir.service.net.GuardedHttp.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Finds the federation endpoints of a Matrix server name, in the order of the server-server API:
 *
 * <ol>
 *   <li>an IP literal, or a name with a port, is dialled as it is (8448 without a port);
 *   <li>else {@code /.well-known/matrix/server} may delegate to another name, for which step 1
 *       holds, else its service records, else its port 8448;
 *   <li>else the service records of the name itself ({@code _matrix-fed._tcp}, then the older
 *       {@code _matrix._tcp});
 *   <li>else the name on port 8448.
 * </ol>
 *
 * The certificate must prove the delegated name (the name itself without delegation), whatever host
 * a service record points to.
 */
public final class ServerNameResolver {
  private static final int DEFAULT_PORT = 8448;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration DEFAULT_AGE = Duration.ofHours(24);
  private static final Duration MIN_AGE = Duration.ofMinutes(5);
  private static final Duration MAX_AGE = Duration.ofHours(48);
  private static final Duration FAILURE_AGE = Duration.ofMinutes(10);

  /** Fetches a document by its URL, as a seam. */
  interface Fetch {
    Answer get(URI url) throws IOException;
  }

  private record Delegation(Optional<ServerName> to, Duration age) {}

  private final Fetch web;
  private final Dns dns;
  private final Cache<String, Delegation> delegations;

  public ServerNameResolver(GuardedHttp http, Dns dns) {
    this(http::get, dns, Ticker.systemTicker());
  }

  ServerNameResolver(Fetch web, Dns dns, Ticker ticker) {
    this.web = web;
    this.dns = dns;
    this.delegations =
        Caffeine.newBuilder()
            .maximumSize(10_000)
            .ticker(ticker)
            .expireAfter(Expiry.<String, Delegation>creating((name, found) -> found.age()))
            .build();
  }

  /** The endpoints to try, best first. */
  public List<Endpoint> resolve(ServerName name) {
    if (name.isLiteral() || name.port().isPresent()) {
      return List.of(direct(name));
    }
    Delegation delegation = delegations.get(name.host(), this::wellKnown);
    ServerName target = delegation.to().orElse(name);
    if (target.isLiteral() || target.port().isPresent()) {
      return List.of(direct(target));
    }
    for (String service : List.of("_matrix-fed._tcp.", "_matrix._tcp.")) {
      List<Endpoint> found =
          dns.services(service + target.host()).stream()
              .map(to -> new Endpoint(to.host(), to.port(), true, target.host(), target.host()))
              .toList();
      if (!found.isEmpty()) {
        return found;
      }
    }
    return List.of(direct(target));
  }

  private static Endpoint direct(ServerName name) {
    return new Endpoint(
        name.host(), name.port().orElse(DEFAULT_PORT), true, name.host(), name.toString());
  }

  private Delegation wellKnown(String host) {
    try {
      Answer answer = web.get(URI.create("https://" + host + "/.well-known/matrix/server"));
      Optional<ServerName> to =
          answer.status() == 200 ? delegatedName(answer.body()) : Optional.empty();
      return to.isPresent()
          ? new Delegation(to, clamp(answer.maxAge().orElse(DEFAULT_AGE)))
          : new Delegation(Optional.empty(), FAILURE_AGE);
    } catch (IOException | IllegalArgumentException e) {
      return new Delegation(Optional.empty(), FAILURE_AGE);
    }
  }

  private static Optional<ServerName> delegatedName(String body) {
    try {
      JsonNode name = JSON.readTree(body).path("m.server");
      return name.isTextual() ? ServerName.parse(name.textValue()) : Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static Duration clamp(Duration age) {
    if (age.compareTo(MIN_AGE) < 0) {
      return MIN_AGE;
    }
    return age.compareTo(MAX_AGE) > 0 ? MAX_AGE : age;
  }
}
