package dev.weir.service.peering.wiring;

import dev.weir.crds.SfuPeerSpec;
import dev.weir.service.config.HomeSite;
import dev.weir.service.config.Partner;
import dev.weir.service.config.Sites;
import dev.weir.service.peering.Agreement;
import dev.weir.service.peering.PeerKey;
import dev.weir.service.peering.PeerLimits;
import dev.weir.service.peering.PeeringConfig;
import dev.weir.service.peering.PeeringSite;
import dev.weir.service.peering.trust.PeeringEndpoint;
import dev.weir.service.peering.trust.Pem;
import dev.weir.service.peering.trust.SpkiPin;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/** Reads agreements out of the configured sites; a site without peering has no partners. */
final class ConfiguredPeering {
  private static final Logger LOG = Logger.getLogger(ConfiguredPeering.class);

  private ConfiguredPeering() {}

  static PeeringConfig of(Sites sites) {
    List<PeeringSite> own = new ArrayList<>();
    List<Agreement> agreements = new ArrayList<>();
    for (HomeSite home : sites.all()) {
      if (home.peering().isPresent()) {
        own.add(site(home, home.peering().get()));
        home.partners().forEach(partner -> agreement(home, partner).ifPresent(agreements::add));
      }
    }
    return new PeeringConfig(own, agreements);
  }

  private static PeeringSite site(HomeSite home, HomeSite.PeeringSpot spot) {
    return new PeeringSite(
        home.site().name(),
        Optional.of(new PeeringEndpoint(spot.host(), spot.port())),
        spot.certificate().map(c -> new PeeringSite.PemPair(c.chain(), c.key())));
  }

  /** An agreement whose trust cannot be read is none: nobody is trusted by mistake. */
  private static Optional<Agreement> agreement(HomeSite home, Partner partner) {
    SfuPeerSpec spec = partner.spec();
    SfuPeerSpec.Trust trust = spec.trust();
    Set<SpkiPin> pins = new HashSet<>();
    List<X509Certificate> authorities = List.of();
    Optional<PeeringEndpoint> endpoint = Optional.empty();
    try {
      if (trust != null) {
        for (String pin : trust.pins()) {
          pins.add(new SpkiPin(pin));
        }
        if (partner.caBundle().isPresent()) {
          authorities = Pem.certificates(partner.caBundle().get());
        }
        if (pins.isEmpty() && authorities.isEmpty()) {
          throw new IllegalArgumentException("trust names neither pins nor a readable CA");
        }
        endpoint = Optional.ofNullable(trust.endpoint()).map(PeeringEndpoint::parse);
      }
    } catch (IllegalArgumentException | Pem.BadPem e) {
      LOG.errorf(
          "event=peer_unusable peer=%s site=%s problem=\"%s\"",
          partner.site(), home.site(), e.getMessage());
      return Optional.empty();
    }
    return Optional.of(
        new Agreement(
            new PeerKey(home.site().name(), partner.site().name()),
            partner.servers(),
            pins,
            authorities,
            endpoint,
            spec.allow().view(),
            spec.allow().guestPublish(),
            limits(spec.limits()),
            spec.suspended()));
  }

  private static PeerLimits limits(SfuPeerSpec.Limits limits) {
    return new PeerLimits(
        limits.sessions(),
        limits.legs(),
        limits.membersPerSession(),
        limits.egressBitsPerSecond(),
        limits.admitsPerSecond());
  }
}
