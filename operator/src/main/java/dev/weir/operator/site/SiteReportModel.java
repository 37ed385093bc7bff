package dev.weir.operator.site;

import dev.weir.crds.Condition;
import dev.weir.crds.Homeserver;
import dev.weir.crds.HomeserverSpec;
import dev.weir.crds.HomeserverStatus;
import dev.weir.operator.model.Canonical;
import dev.weir.operator.router.RouterClient.Applied;
import dev.weir.operator.router.RouterClient.SiteReport;
import dev.weir.operator.status.Conditions;
import dev.weir.operator.status.RouterConditions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The status of a Homeserver, as a pure function of what was seen.
 *
 * @param rival another Homeserver with the same server name that is older; null when there is none
 * @param problem what a reference lacks; null when nothing
 * @param pin hash of the peering certificate's key; null without peering or certificate
 */
record SiteReportModel(
    Homeserver site,
    @Nullable String rival,
    @Nullable String problem,
    @Nullable String pin,
    int pools,
    int peers,
    Optional<SiteReport> counts,
    Applied applied) {

  HomeserverStatus status(Instant now) {
    HomeserverStatus before = site.getStatus();
    List<Condition> stored = before == null ? List.of() : before.conditions();
    Conditions conditions = new Conditions(stored, site.getMetadata().getGeneration(), now);
    String serverName = site.getSpec().serverName();
    if (rival == null) {
      conditions.set("Accepted", true, "Accepted", "The Homeserver is valid.");
    } else {
      conditions.set(
          "Accepted",
          false,
          "Conflict",
          "Homeserver "
              + rival
              + " is older and has the same serverName "
              + serverName
              + "; delete one of them.");
    }
    conditions.set(
        "ResolvedRefs",
        problem == null,
        problem == null ? "Resolved" : "SecretNotFound",
        problem == null ? "Everything that the Homeserver refers to exists." : problem);
    RouterConditions.programmed(conditions, applied);
    counts
        .map(SiteReport::conditions)
        .orElse(List.of())
        .forEach(aspect -> RouterConditions.reported(conditions, aspect));
    conditions.summarise(
        "Clients of " + serverName + " get tokens from " + site.getSpec().publicUrl() + ".",
        "Accepted",
        "ResolvedRefs",
        "Programmed");
    return new HomeserverStatus(
        site.getMetadata().getGeneration(),
        conditions.list(),
        new HomeserverStatus.WellKnown(clientDocument(), weirDocument()),
        pools,
        counts.map(SiteReport::sessions).orElse(before == null ? 0 : before.sessions()),
        counts.map(SiteReport::members).orElse(before == null ? 0 : before.members()),
        peers);
  }

  private String clientDocument() {
    return Canonical.json(
        Map.of(
            "org.matrix.msc4143.rtc_foci",
            List.of(Map.of("type", "livekit", "livekit_service_url", site.getSpec().publicUrl()))));
  }

  private @Nullable String weirDocument() {
    HomeserverSpec.Peering peering = site.getSpec().peering();
    if (peering == null || pin == null) {
      return null;
    }
    return Canonical.json(
        Map.of(
            "version",
            1,
            "peering",
            Map.of("host", peering.host(), "port", peering.port()),
            "keys",
            List.of(pin)));
  }

  static HomeserverStatus meaning(HomeserverStatus status) {
    return new HomeserverStatus(
        status.observedGeneration(),
        status.conditions(),
        status.wellKnown(),
        status.pools(),
        0,
        0,
        status.peers());
  }
}
