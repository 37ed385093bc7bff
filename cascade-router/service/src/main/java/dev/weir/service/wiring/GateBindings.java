package dev.weir.service.wiring;

import dev.weir.service.config.Configuration;
import dev.weir.service.config.HomeSite;
import dev.weir.service.gate.GateSite;
import dev.weir.service.gate.GateSites;
import dev.weir.service.gate.Kicks;
import dev.weir.service.slots.GateSecret;
import dev.weir.service.slots.Kicked;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** The gate's small ports. */
@ApplicationScoped
class GateBindings {
  /** Sites whose clients are sent straight to their node have no gate. */
  @Produces
  @Singleton
  GateSites sites(Configuration configuration, GateSecret secret) {
    return (host, prefix) ->
        configuration
            .current()
            .byRequest(host, prefix)
            .filter(home -> home.gated() && home.pathPrefix().equals(prefix))
            .map(home -> gateSite(home, secret));
  }

  private static GateSite gateSite(HomeSite home, GateSecret secret) {
    return new GateSite(home.site().name(), home.pathPrefix(), secret.keysOf(home.site()));
  }

  @Produces
  @Singleton
  Kicks kicks(Kicked kicked) {
    return (room, identity) -> kicked.ordered(GateWords.router(room), identity);
  }
}
