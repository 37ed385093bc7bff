package dev.weir.service.config;

import dev.weir.session.Site;
import java.net.URI;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Everything that is configured, at one moment. */
public final class Sites {
  public static final Sites NONE = new Sites(List.of());

  /** A node with what belongs to it. */
  public record PlacedNode(HomeSite home, Pool pool, Node node) {}

  private final List<HomeSite> all;
  private final List<Refused> refused;
  private final Map<Site, HomeSite> bySite = new HashMap<>();
  private final Map<String, HomeSite> byServer = new HashMap<>();
  private final Map<String, PlacedNode> nodes = new HashMap<>();

  public Sites(List<HomeSite> all) {
    this(all, List.of());
  }

  /**
   * @param refused what is configured beside the sites that work
   */
  public Sites(List<HomeSite> all, List<Refused> refused) {
    this.all = List.copyOf(all);
    this.refused = List.copyOf(refused);
    for (HomeSite home : all) {
      bySite.put(home.site(), home);
      home.servers().forEach(server -> byServer.put(server, home));
      for (Pool pool : home.pools()) {
        pool.nodes().forEach(node -> nodes.put(node.id(), new PlacedNode(home, pool, node)));
      }
    }
  }

  public List<HomeSite> all() {
    return all;
  }

  public List<Refused> refused() {
    return refused;
  }

  public Optional<HomeSite> find(Site site) {
    return Optional.ofNullable(bySite.get(site));
  }

  /** The site that hosts the users of this server. */
  public Optional<HomeSite> hosting(String serverName) {
    return Optional.ofNullable(byServer.get(serverName))
        .or(() -> Optional.ofNullable(byServer.get(DropIn.EVERYBODY)));
  }

  public Optional<PlacedNode> node(String id) {
    return Optional.ofNullable(nodes.get(id));
  }

  /**
   * Which site a request is for: among those whose path prefix fits, the one whose host fits, then
   * the one with the longest prefix. A single site answers whatever host it is called by, so that
   * probes and callers inside a cluster need no public name.
   */
  public Optional<HomeSite> byRequest(String host, String path) {
    List<HomeSite> fitting =
        all.stream()
            .filter(home -> under(path, home.pathPrefix()))
            .sorted(
                Comparator.<HomeSite>comparingInt(home -> named(home, host) ? 0 : 1)
                    .thenComparing(home -> -home.pathPrefix().length()))
            .toList();
    if (fitting.isEmpty()) {
      return Optional.empty();
    }
    HomeSite best = fitting.getFirst();
    boolean alone =
        fitting.stream().filter(h -> h.pathPrefix().equals(best.pathPrefix())).count() == 1;
    return named(best, host) || alone ? Optional.of(best) : Optional.empty();
  }

  private static boolean under(String path, String prefix) {
    return path.startsWith(prefix)
        && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
  }

  private static boolean named(HomeSite home, String host) {
    return home.publicUrl()
        .map(URI::getRawAuthority)
        .filter(authority -> bare(authority).equals(bare(host)))
        .isPresent();
  }

  /** Ports are dropped: an ingress may have changed them. */
  private static String bare(String authority) {
    return authority.toLowerCase(Locale.ROOT).replaceFirst(":\\d*$", "");
  }
}
