package dev.weir.service.peering;

import dev.weir.service.peering.trust.CertificateJudge;
import dev.weir.service.peering.trust.Discovery;
import dev.weir.service.peering.trust.PeerTrust;
import dev.weir.service.peering.trust.PeeringEndpoint;
import dev.weir.service.peering.trust.Pem;
import dev.weir.service.peering.trust.SelfMadeCertificates;
import dev.weir.service.peering.trust.SiteCertificate;
import dev.weir.service.peering.trust.SpkiPin;
import dev.weir.service.peering.trust.Verdict;
import dev.weir.service.peering.trust.WellKnownDocument;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Who our sites are, which partners they list, and what proves each. Replaced as a whole when the
 * configuration changes; everybody who asks gets the state of the moment.
 */
public final class PeerDirectory {
  private static final Logger LOG = Logger.getLogger(PeerDirectory.class);

  private record State(
      PeeringConfig config,
      Map<PeerKey, Agreement> agreements,
      Map<String, SiteCertificate> certificates,
      Map<String, String> problems) {}

  private final CertificateJudge judge;
  private final Discovery discovery;
  private final SelfMadeCertificates selfMade;
  private final List<Consumer<PeeringConfig>> listeners = new CopyOnWriteArrayList<>();
  private volatile State state = new State(PeeringConfig.EMPTY, Map.of(), Map.of(), Map.of());

  public PeerDirectory(CertificateJudge judge, Discovery discovery, SelfMadeCertificates selfMade) {
    this.judge = judge;
    this.discovery = discovery;
    this.selfMade = selfMade;
  }

  /** Takes a new configuration. A site with a broken certificate keeps the one it had. */
  public void update(PeeringConfig config) {
    synchronized (this) {
      Map<PeerKey, Agreement> agreements = new LinkedHashMap<>();
      config.agreements().forEach(a -> agreements.put(a.key(), a));
      Map<String, SiteCertificate> certificates = new LinkedHashMap<>();
      Map<String, String> problems = new LinkedHashMap<>();
      for (PeeringSite site : config.sites()) {
        try {
          certificates.put(site.serverName(), certificateFor(site));
        } catch (Pem.BadPem | IOException e) {
          problems.put(site.serverName(), String.valueOf(e.getMessage()));
          LOG.errorf(
              "event=peering_certificate_unusable site=%s problem=\"%s\"",
              site.serverName(), e.getMessage());
          SiteCertificate before = state.certificates().get(site.serverName());
          if (before != null) {
            certificates.put(site.serverName(), before);
          }
        }
      }
      state = new State(config, agreements, certificates, problems);
    }
    listeners.forEach(listener -> listener.accept(config));
  }

  /** Renews self-made certificates that run out; call it once in a while. */
  public void renewCertificates() {
    update(state.config());
  }

  private SiteCertificate certificateFor(PeeringSite site) throws Pem.BadPem, IOException {
    if (site.certificate().isPresent()) {
      PeeringSite.PemPair pem = site.certificate().get();
      return Pem.siteCertificate(site.serverName(), pem.chain(), pem.key());
    }
    return selfMade.of(site.serverName());
  }

  public void onChange(Consumer<PeeringConfig> listener) {
    listeners.add(listener);
  }

  public PeeringConfig config() {
    return state.config();
  }

  public List<SiteCertificate> certificates() {
    return List.copyOf(state.certificates().values());
  }

  public Optional<SiteCertificate> certificateOf(String site) {
    return Optional.ofNullable(state.certificates().get(site));
  }

  /** Why a site has no usable certificate, in words for its admin. */
  public Optional<String> certificateProblem(String site) {
    return Optional.ofNullable(state.problems().get(site));
  }

  /** An agreement in force: a suspended one is none. */
  public Optional<Agreement> inForce(PeerKey key) {
    return Optional.ofNullable(state.agreements().get(key)).filter(a -> !a.suspended());
  }

  public PeerTrust trustOf(Agreement agreement) {
    String peer = agreement.key().peer();
    if (agreement.discoversKeys()) {
      Set<SpkiPin> keys = discovery.known(peer).map(d -> Set.copyOf(d.keys())).orElse(Set.of());
      return new PeerTrust(peer, keys, List.of());
    }
    return new PeerTrust(peer, agreement.pins(), agreement.authorities());
  }

  public Optional<PeeringEndpoint> endpointOf(Agreement agreement) {
    return agreement
        .endpoint()
        .or(() -> discovery.known(agreement.key().peer()).map(WellKnownDocument::endpoint));
  }

  public Verdict judge(List<X509Certificate> chain, Agreement agreement) {
    Verdict verdict = judge.judge(chain, trustOf(agreement));
    if (verdict instanceof Verdict.Refused(Verdict.Reason reason)
        && reason == Verdict.Reason.WRONG_KEY
        && agreement.discoversKeys()) {
      // The partner may have rotated since we looked; Discovery bounds how often we ask.
      discovery.refresh(agreement.key().peer(), true);
      return judge.judge(chain, trustOf(agreement));
    }
    return verdict;
  }

  /** The agreement that a caller with this chain has with one of our sites. */
  public Optional<Agreement> caller(List<X509Certificate> chain, String site) {
    return state.agreements().values().stream()
        .filter(a -> a.key().site().equals(site) && !a.suspended())
        .filter(a -> judge(chain, a) instanceof Verdict.Trusted)
        .findFirst();
  }

  /** Is this the chain of any partner of any of our sites? Strangers end in the handshake. */
  public Verdict judgeStranger(List<X509Certificate> chain) {
    List<Verdict.Reason> reasons = new ArrayList<>();
    for (Agreement agreement : state.agreements().values()) {
      if (agreement.suspended()) {
        continue;
      }
      switch (judge(chain, agreement)) {
        case Verdict.Trusted trusted -> {
          return trusted;
        }
        case Verdict.Refused(Verdict.Reason reason) -> {
          if (reason != Verdict.Reason.WRONG_NAME) {
            reasons.add(reason);
          }
        }
      }
    }
    return new Verdict.Refused(reasons.isEmpty() ? Verdict.Reason.UNLISTED : reasons.getFirst());
  }

  /** The document that this site should publish. */
  public Optional<WellKnownDocument> wellKnown(String site) {
    return state.config().sites().stream()
        .filter(s -> s.serverName().equals(site))
        .findFirst()
        .flatMap(PeeringSite::advertised)
        .flatMap(
            endpoint ->
                certificateOf(site).map(c -> new WellKnownDocument(endpoint, List.of(c.pin()))));
  }
}
