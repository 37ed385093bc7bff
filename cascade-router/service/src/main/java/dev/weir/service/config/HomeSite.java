package dev.weir.service.config;

import dev.weir.session.Site;
import dev.weir.session.admission.AccessPolicy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One of our own sites.
 *
 * @param servers server names whose users have this site as their home
 * @param publicUrl the {@code livekit_service_url} that clients know; its path is the prefix of all
 *     of the site's endpoints
 * @param clientApis base URLs of client-server APIs that need no discovery, by server name
 * @param federationApis the same of federation APIs
 * @param directUrl set when clients are sent straight to the one node instead of the gate
 */
public record HomeSite(
    ResourceId id,
    long generation,
    Site site,
    Set<String> servers,
    Optional<URI> publicUrl,
    Optional<URI> directUrl,
    Map<String, URI> clientApis,
    Map<String, URI> federationApis,
    AccessPolicy access,
    Optional<AppService> appService,
    Optional<PeeringSpot> peering,
    Duration maxDelay,
    List<Pool> pools,
    List<Partner> partners) {
  public HomeSite {
    servers = Set.copyOf(servers);
    clientApis = Map.copyOf(clientApis);
    federationApis = Map.copyOf(federationApis);
    pools = List.copyOf(pools);
    partners = List.copyOf(partners);
  }

  /** Tokens between the homeserver and us, when we are one of its application services. */
  public record AppService(String asToken, String hsToken) {
    @Override
    public String toString() {
      return "AppService[...]";
    }
  }

  /**
   * Where partners reach us.
   *
   * @param certificate the admin's; without one the site makes its own
   */
  public record PeeringSpot(String host, int port, Optional<Certificate> certificate) {}

  /** Certificate chain and private key, both PEM. */
  public record Certificate(String chain, String key) {
    @Override
    public String toString() {
      return "Certificate[...]";
    }
  }

  /** The path before all endpoints: empty, or {@code /x} without a slash at its end. */
  public String pathPrefix() {
    String path = publicUrl.map(URI::getRawPath).orElse("");
    return path == null ? "" : path.replaceAll("/+$", "");
  }

  /** What token answers name as the signalling URL. */
  public String signallingUrl() {
    URI url = directUrl.or(() -> publicUrl).orElseThrow();
    return url.toString().replaceFirst("^http", "ws");
  }

  /** Whether clients come through the gate, with tokens that the gate's key signs. */
  public boolean gated() {
    return directUrl.isEmpty();
  }

  public List<Node> nodes() {
    return pools.stream().flatMap(pool -> pool.nodes().stream()).toList();
  }

  public Optional<Partner> partner(Site other) {
    return partners.stream().filter(partner -> partner.site().equals(other)).findFirst();
  }

  /** Whether the users of this server have this site as their home. */
  public boolean hosts(String serverName) {
    return servers.contains(serverName) || servers.contains(DropIn.EVERYBODY);
  }

  /** The site of a server name as we see it: ours, or a partner's; of anybody else its own name. */
  public Site homeOf(String serverName) {
    if (hosts(serverName)) {
      return site;
    }
    return partners.stream()
        .filter(partner -> partner.servers().contains(serverName))
        .map(Partner::site)
        .findFirst()
        .orElseGet(() -> Site.of(serverName));
  }
}
