package dev.weir.service.admin;

import dev.weir.admin.v1.Condition;
import dev.weir.admin.v1.PeerState;
import dev.weir.service.config.Configuration;
import dev.weir.service.config.HomeSite;
import dev.weir.service.config.Partner;
import dev.weir.service.peering.LinkStatus;
import dev.weir.service.peering.LinkStatus.Finding;
import dev.weir.service.peering.PeerKey;
import dev.weir.service.peering.PeeredSites;
import dev.weir.session.Site;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.stream.Stream;

/** How the agreements of our sites fare, in the words of the operator's interface. */
@Singleton
final class Partners {
  private final Configuration configuration;
  private final Instance<PeeredSites> peered;

  Partners(Configuration configuration, Instance<PeeredSites> peered) {
    this.configuration = configuration;
    this.peered = peered;
  }

  List<PeerState> of(Site ours) {
    return configuration.current().find(ours).map(HomeSite::partners).orElse(List.of()).stream()
        .map(partner -> state(ours, partner))
        .toList();
  }

  private PeerState state(Site ours, Partner partner) {
    String name = partner.site().name();
    PeerState.Builder state = PeerState.newBuilder().setServerName(name);
    if (!partner.active()) {
      return state.setProblem("suspended").build();
    }
    if (!peered.isResolvable()) {
      return state.setProblem("this replica does no peering").build();
    }
    PeerKey key = new PeerKey(ours.name(), name);
    LinkStatus status = peered.get().peering().status(key);
    List<Finding> findings =
        List.of(
            status.discovered(), status.trustVerified(), status.compatible(), status.connected());
    state
        .setConnected(status.connected().holds())
        .setProblem(problem(findings))
        .setProtocolVersion(status.protocolVersion())
        .setLegs(peered.get().legsPulledBy(key))
        .addConditions(condition("Discovered", status.discovered()))
        .addConditions(condition("TrustVerified", status.trustVerified()))
        .addConditions(condition("Compatible", status.compatible()))
        .addConditions(condition("Connected", status.connected()));
    status.lastHandshake().ifPresent(at -> state.setLastHandshakeUnixMillis(at.toEpochMilli()));
    status.key().ifPresent(pin -> state.addKeyPins(pin.toString()));
    status
        .certificateNotAfter()
        .ifPresent(at -> state.setCertificateNotAfterUnixMillis(at.toEpochMilli()));
    return state.build();
  }

  /** What to do about the first thing that is wrong; the later ones follow from it. */
  private static String problem(List<Finding> findings) {
    return findings.stream()
        .filter(finding -> !finding.holds())
        .flatMap(
            finding -> Stream.of(finding.message(), finding.reason()).filter(t -> !t.isEmpty()))
        .findFirst()
        .orElse("");
  }

  private static Condition condition(String type, Finding finding) {
    return Condition.newBuilder()
        .setType(type)
        .setStatus(
            switch (finding.state()) {
              case TRUE -> Condition.Status.TRUE;
              case FALSE -> Condition.Status.FALSE;
              case UNKNOWN -> Condition.Status.UNKNOWN;
            })
        .setReason(finding.reason())
        .setMessage(finding.message())
        .build();
  }
}
