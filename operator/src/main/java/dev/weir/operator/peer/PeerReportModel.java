package dev.weir.operator.peer;

import dev.weir.crds.Condition;
import dev.weir.crds.Condition.Status;
import dev.weir.crds.SfuPeer;
import dev.weir.crds.SfuPeerStatus;
import dev.weir.operator.router.RouterClient.Applied;
import dev.weir.operator.router.RouterClient.Aspect;
import dev.weir.operator.router.RouterClient.PeerReport;
import dev.weir.operator.status.Conditions;
import dev.weir.operator.status.RouterConditions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The status of a SfuPeer, as a pure function of what was seen.
 *
 * @param siteFound its Homeserver exists
 * @param rival another SfuPeer of the same site for the same server that is older; null when there
 *     is none
 * @param report what the routers know; empty when they do not know the partner or do not answer
 */
record PeerReportModel(
    SfuPeer peer,
    boolean siteFound,
    @Nullable String rival,
    @Nullable String missing,
    Optional<PeerReport> report,
    Applied applied) {

  SfuPeerStatus status(Instant now) {
    SfuPeerStatus before = peer.getStatus();
    List<Condition> stored = before == null ? List.of() : before.conditions();
    Conditions conditions = new Conditions(stored, peer.getMetadata().getGeneration(), now);
    if (rival == null) {
      conditions.set("Accepted", true, "Accepted", "The agreement is valid.");
    } else {
      conditions.set(
          "Accepted",
          false,
          "Conflict",
          "SfuPeer " + rival + " is older and names the same server; delete one of them.");
    }
    String site = peer.getSpec().homeserverRef().name();
    if (!siteFound) {
      conditions.set(
          "ResolvedRefs",
          false,
          "HomeserverNotFound",
          "There is no Homeserver " + site + " in this namespace.");
    } else if (missing != null) {
      conditions.set("ResolvedRefs", false, "ConfigMapNotFound", missing);
    } else {
      conditions.set(
          "ResolvedRefs", true, "Resolved", "Everything that the agreement refers to exists.");
    }
    RouterConditions.programmed(conditions, applied);
    connection(conditions);
    conditions.summarise(
        "Calls are shared with " + peer.getSpec().serverName() + ".",
        "Accepted",
        "ResolvedRefs",
        "Programmed",
        "Connected");
    return new SfuPeerStatus(
        peer.getMetadata().getGeneration(),
        conditions.list(),
        report
            .map(PeerReport::protocolVersion)
            .filter(version -> version > 0)
            .orElse(before == null ? null : before.protocolVersion()),
        report
            .map(PeerReport::lastHandshakeMillis)
            .map(PeerReportModel::time)
            .orElse(before == null ? null : before.lastHandshake()),
        report.map(PeerReport::keyPins).orElse(before == null ? List.of() : before.keys()),
        report
            .map(PeerReport::certificateNotAfterMillis)
            .map(PeerReportModel::time)
            .orElse(before == null ? null : before.certificateNotAfter()),
        report.map(PeerReport::legs).orElse(0),
        report.map(PeerReport::bitrate).orElse(0L));
  }

  private void connection(Conditions conditions) {
    if (peer.getSpec().suspended()) {
      conditions.set(
          "Connected", false, "Suspended", "spec.suspended is true; unset it to connect again.");
      return;
    }
    if (report.isEmpty()) {
      conditions.set(
          "Connected",
          Status.UNKNOWN,
          "NotReported",
          "No router has reported on this partner yet.");
      return;
    }
    PeerReport known = report.get();
    conditions.set(
        "Connected",
        known.connected(),
        known.connected() ? "Connected" : "NotConnected",
        known.connected() ? "The partner answers." : known.problem());
    for (Aspect aspect : known.conditions()) {
      RouterConditions.reported(conditions, aspect);
    }
  }

  private static @Nullable String time(long millis) {
    return millis <= 0
        ? null
        : Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  static SfuPeerStatus meaning(SfuPeerStatus status) {
    return new SfuPeerStatus(
        status.observedGeneration(),
        status.conditions(),
        status.protocolVersion(),
        null,
        status.keys(),
        status.certificateNotAfter(),
        0,
        0);
  }
}
