package dev.weir.service.wiring;

import dev.weir.service.delegation.DelegationInbox;
import dev.weir.service.delegation.Delegations;
import dev.weir.service.slots.PresenceObserver;
import dev.weir.service.token.DelegatedLeaves;
import dev.weir.session.Site;
import dev.weir.session.delegation.Delegation;
import dev.weir.session.delegation.Evidence;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;

/** Hands delayed leaves from the token endpoints, and what the SFUs say, to delegation. */
@Singleton
@Startup
final class KeptLeaves implements DelegatedLeaves, PresenceObserver {
  private final Delegations delegations;

  KeptLeaves(Delegations delegations) {
    this.delegations = delegations;
  }

  @Override
  public Outcome check(Site site, String serverName) {
    return delegations.reachable(site.name(), serverName) ? Outcome.STORED : Outcome.NO_CLIENT_API;
  }

  @Override
  public Outcome accept(Delegation delegation) {
    DelegationInbox.Outcome outcome = delegations.accept(delegation);
    return switch (outcome) {
      case STORED -> Outcome.STORED;
      case NO_CLIENT_API -> Outcome.NO_CLIENT_API;
      case STORE_AWAY, NOT_ACCEPTABLE -> Outcome.UNAVAILABLE;
    };
  }

  @Override
  public void kicked(Site site, String roomId, String user) {
    delegations.kicked(site.name(), roomId, user);
  }

  @Override
  public void observe(Site site, Evidence evidence) {
    delegations.hear(site.name(), evidence);
  }

  @Override
  public void nodeStarted(Site site, String node) {
    // Surveys know by themselves that a fresh node's silence proves nothing.
  }

  @Override
  public void webhooksDropped(Site site) {
    delegations.webhooksDropped();
  }
}
