package dev.weir.service.config;

import dev.weir.crds.Durations;
import dev.weir.crds.Homeserver;
import dev.weir.crds.HomeserverSpec;
import dev.weir.crds.LocalRef;
import dev.weir.crds.SfuPeer;
import dev.weir.crds.SfuPeerSpec;
import dev.weir.crds.SfuPool;
import dev.weir.crds.SfuPoolSpec;
import dev.weir.crds.SfuPoolStatus.State;
import dev.weir.crds.WeirApi;
import dev.weir.service.config.HomeSite.AppService;
import dev.weir.service.config.HomeSite.Certificate;
import dev.weir.service.config.HomeSite.PeeringSpot;
import dev.weir.service.sfu.SigningKey;
import dev.weir.session.Site;
import dev.weir.session.admission.AccessPolicy;
import dev.weir.session.placement.NodeReport;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds the snapshot from resources, and collects everything that does not fit together. */
public final class SitesAssembler {
  private final Secrets secrets;
  private final Map<ResourceId, String> problems = new LinkedHashMap<>();
  private final List<Refused> refused = new ArrayList<>();
  private final Map<ResourceId, Homeserver> homeservers = new LinkedHashMap<>();
  private final Map<ResourceId, List<Pool>> pools = new HashMap<>();
  private final Map<ResourceId, List<Partner>> partners = new HashMap<>();

  private SitesAssembler(Secrets secrets) {
    this.secrets = secrets;
  }

  /**
   * What came of it: the sites that work, and what is wrong with each resource that does not.
   * Cluster users fix one resource at a time, so the others work meanwhile.
   */
  public record Assembled(Sites sites, Map<ResourceId, String> problems) {
    public Assembled {
      problems = Map.copyOf(problems);
    }

    /** For a directory, where a mistake is better found at once. */
    public Sites orThrow() {
      if (!problems.isEmpty()) {
        throw new ConfigurationException(
            problems.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(problem -> problem.getKey() + ": " + problem.getValue())
                .toList());
      }
      return sites;
    }
  }

  public static Assembled assemble(List<? extends HasMetadata> resources, Secrets secrets) {
    return new SitesAssembler(secrets).assemble(resources);
  }

  private Assembled assemble(List<? extends HasMetadata> resources) {
    for (HasMetadata resource : resources) {
      if (resource instanceof Homeserver homeserver
          && homeservers.putIfAbsent(id(homeserver), homeserver) != null) {
        problems.put(id(homeserver), "there is another Homeserver of this name");
      }
    }
    for (HasMetadata resource : resources) {
      switch (resource) {
        case SfuPool pool -> checked(pool, () -> add(pool));
        case SfuPeer peer -> checked(peer, () -> add(peer));
        default -> {}
      }
    }
    List<HomeSite> sites = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    homeservers.forEach(
        (id, homeserver) ->
            checked(
                homeserver,
                () -> {
                  HomeSite site = site(id, homeserver);
                  for (String server : site.servers()) {
                    if (!taken.add(server)) {
                      throw new IllegalArgumentException(
                          "another Homeserver hosts the users of " + server + " already");
                    }
                  }
                  sites.add(site);
                }));
    for (HasMetadata resource : resources) {
      switch (resource) {
        case SfuPool pool -> refuseWithItsSite(pool, pool.getSpec().homeserverRef());
        case SfuPeer peer -> refuseWithItsSite(peer, peer.getSpec().homeserverRef());
        default -> {}
      }
    }
    return new Assembled(new Sites(sites, refused), problems);
  }

  /** What belongs to a refused Homeserver cannot work either, and has a status of its own. */
  private void refuseWithItsSite(HasMetadata resource, LocalRef site) {
    ResourceId home = new ResourceId(id(resource).namespace(), site.name());
    boolean known =
        refused.stream()
            .anyMatch(
                other ->
                    other.kind().equals(resource.getKind()) && other.id().equals(id(resource)));
    refused.stream()
        .filter(other -> !known && other.kind().equals("Homeserver") && other.id().equals(home))
        .findFirst()
        .ifPresent(
            other ->
                refuse(
                    resource, "Homeserver " + site.name() + " does not work: " + other.problem()));
  }

  private void refuse(HasMetadata resource, @Nullable String problem) {
    refused.add(
        new Refused(
            resource.getKind(), id(resource), generation(resource), String.valueOf(problem)));
  }

  private void checked(HasMetadata resource, Runnable step) {
    try {
      step.run();
    } catch (IllegalArgumentException e) {
      refuse(resource, e.getMessage());
      problems.put(id(resource), resource.getKind() + ": " + e.getMessage());
    }
  }

  private HomeSite site(ResourceId id, Homeserver homeserver) {
    HomeserverSpec spec = homeserver.getSpec();
    Set<String> servers = new HashSet<>(spec.access().fullAccess());
    servers.add(spec.serverName());
    boolean subscribe = spec.access().restricted() == HomeserverSpec.Restricted.SUBSCRIBE;
    return new HomeSite(
        id,
        generation(homeserver),
        Site.of(spec.serverName()),
        servers,
        Optional.of(url("publicUrl", spec.publicUrl())),
        Optional.empty(),
        apis("clientApiUrl", spec.serverName(), spec.clientApiUrl()),
        apis("federationApiUrl", spec.serverName(), spec.federationApiUrl()),
        new AccessPolicy(subscribe, spec.access().unpeeredPublish()),
        Optional.ofNullable(spec.appServiceSecretRef()).map(ref -> appService(id, ref)),
        Optional.ofNullable(spec.peering()).map(peering -> peering(id, peering)),
        duration("delegation.maxDelay", spec.delegation().maxDelay()),
        pools.getOrDefault(id, List.of()),
        partners.getOrDefault(id, List.of()));
  }

  private AppService appService(ResourceId id, LocalRef ref) {
    return new AppService(
        required(id, ref.name(), "as_token").strip(), required(id, ref.name(), "hs_token").strip());
  }

  private PeeringSpot peering(ResourceId id, HomeserverSpec.Peering peering) {
    LocalRef ref = peering.certificateSecretRef();
    // Without a reference the operator makes a Secret of this name; standalone there may be none.
    String name = ref == null ? id.name() + "-peering" : ref.name();
    Map<String, String> secret = secrets.secret(id.namespace(), name).orElse(Map.of());
    Optional<String> chain = Optional.ofNullable(secret.get("tls.crt"));
    Optional<String> key = Optional.ofNullable(secret.get("tls.key"));
    if (ref != null && (chain.isEmpty() || key.isEmpty())) {
      throw new IllegalArgumentException("Secret " + name + " has no tls.crt and tls.key");
    }
    return new PeeringSpot(
        peering.host(),
        peering.port(),
        chain.flatMap(crt -> key.map(pem -> new Certificate(crt, pem))));
  }

  private void add(SfuPool resource) {
    SfuPoolSpec spec = resource.getSpec();
    ResourceId id = id(resource);
    ResourceId home = home(id, spec.homeserverRef());
    LocalRef ref = spec.keys().secretRef();
    String secret = ref == null ? id.name() + "-keys" : ref.name();
    List<SigningKey> keys = keys(id, secret);
    pools
        .computeIfAbsent(home, any -> new ArrayList<>())
        .add(
            new Pool(
                id,
                generation(resource),
                Optional.ofNullable(spec.region()).orElse(""),
                nodes(id, resource),
                keys,
                limits(spec.limits())));
  }

  private static NodeReport.Limits limits(SfuPoolSpec.Limits spec) {
    return new NodeReport.Limits(
        spec.participantsPerNode(),
        Objects.requireNonNullElse(spec.tracks(), 0),
        Objects.requireNonNullElse(spec.bytesPerSecond(), 0L));
  }

  /** A key file under its usual name, or else each entry of the Secret is a key with its secret. */
  private List<SigningKey> keys(ResourceId from, String name) {
    Map<String, String> secret =
        secrets
            .secret(from.namespace(), name)
            .orElseThrow(() -> new IllegalArgumentException("there is no Secret " + name));
    String file = secret.get(WeirApi.KEY_FILE);
    try {
      return file == null ? KeyFile.entries(secret) : KeyFile.parse(file);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("Secret " + name + ": " + e.getMessage(), e);
    }
  }

  private static List<Node> nodes(ResourceId id, SfuPool pool) {
    List<SfuPoolSpec.Node> own = pool.getSpec().nodes();
    List<Node> nodes = new ArrayList<>();
    Set<String> draining = new HashSet<>();
    if (pool.getStatus() != null) {
      for (var node : pool.getStatus().nodes()) {
        boolean leaving = node.state() == State.DRAINING || node.state() == State.DRAINED;
        if (leaving) {
          draining.add(node.name());
        }
        if (own == null && node.url() != null) {
          nodes.add(new Node(Node.id(id, node.name()), url("node", node.url()), leaving));
        }
      }
    }
    if (own != null) {
      Set<String> names = new HashSet<>();
      for (SfuPoolSpec.Node node : own) {
        if (!names.add(node.name())) {
          throw new IllegalArgumentException("two nodes are named " + node.name());
        }
        URI url = url("nodes[" + node.name() + "].url", node.url());
        nodes.add(new Node(Node.id(id, node.name()), url, draining.contains(node.name())));
      }
    }
    return nodes;
  }

  private void add(SfuPeer resource) {
    SfuPeerSpec spec = resource.getSpec();
    ResourceId id = id(resource);
    ResourceId home = home(id, spec.homeserverRef());
    Set<String> servers = new HashSet<>(spec.servers());
    servers.add(spec.serverName());
    Optional<String> ca =
        Optional.ofNullable(spec.trust())
            .flatMap(trust -> Optional.ofNullable(trust.caBundleRef()))
            .map(
                bundle ->
                    secrets
                        .configMap(id.namespace(), bundle.name())
                        .map(map -> map.get(bundle.key()))
                        .orElseThrow(
                            () ->
                                new IllegalArgumentException(
                                    "ConfigMap " + bundle.name() + " has no " + bundle.key())));
    List<Partner> known = partners.computeIfAbsent(home, any -> new ArrayList<>());
    for (Partner other : known) {
      for (String server : servers) {
        if (other.servers().contains(server)) {
          throw new IllegalArgumentException(server + " belongs to SfuPeer " + other.id());
        }
      }
    }
    known.add(new Partner(id, generation(resource), Site.of(spec.serverName()), servers, spec, ca));
  }

  private ResourceId home(ResourceId from, LocalRef ref) {
    ResourceId home = new ResourceId(from.namespace(), ref.name());
    if (!homeservers.containsKey(home)) {
      throw new IllegalArgumentException("there is no Homeserver " + home);
    }
    return home;
  }

  private String required(ResourceId from, String name, String key) {
    return secrets
        .secret(from.namespace(), name)
        .map(secret -> secret.get(key))
        .orElseThrow(() -> new IllegalArgumentException("Secret " + name + " has no key " + key));
  }

  private static ResourceId id(HasMetadata resource) {
    String namespace = resource.getMetadata().getNamespace();
    return new ResourceId(
        namespace == null || namespace.isEmpty() ? "default" : namespace,
        resource.getMetadata().getName());
  }

  private static long generation(HasMetadata resource) {
    Long generation = resource.getMetadata().getGeneration();
    return generation == null ? 0 : generation;
  }

  private static Duration duration(String field, String text) {
    try {
      return Durations.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(field + ": " + e.getMessage(), e);
    }
  }

  private static Map<String, URI> apis(String field, String server, @Nullable String text) {
    return text == null ? Map.of() : Map.of(server, url(field, text));
  }

  private static URI url(String field, @Nullable String text) {
    if (text == null) {
      throw new IllegalArgumentException(field + " is missing");
    }
    URI url;
    try {
      url = URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(field + " is not a URL: " + text, e);
    }
    if (url.getHost() == null || !String.valueOf(url.getScheme()).matches("https?|wss?")) {
      throw new IllegalArgumentException(field + " is not a URL with a host: " + text);
    }
    return url;
  }
}
