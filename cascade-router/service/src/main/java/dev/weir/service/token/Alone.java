package dev.weir.service.token;

import dev.weir.service.openid.OpenIdToken;
import dev.weir.session.Member;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.admission.Agreement;
import dev.weir.session.admission.HomeVerdict;
import dev.weir.session.admission.Request;
import dev.weir.session.delegation.Delegation;
import io.quarkus.arc.DefaultBean;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Optional;

/** A router without partners and without a store for leaves. */
@ApplicationScoped
class Alone {
  @Produces
  @Singleton
  @DefaultBean
  PeerAdmissions noPeers() {
    return new PeerAdmissions() {
      @Override
      public Agreement agreement(Site ours, Site home) {
        return new Agreement.None();
      }

      @Override
      public PeerAnswer admit(
          Site ours, Site home, Request request, OpenIdToken token, Optional<DelayedLeave> leave) {
        return new PeerAnswer.Refused(HomeVerdict.AWAY);
      }

      @Override
      public boolean delegate(
          Site ours, Site home, SlotId slot, Member member, OpenIdToken token, DelayedLeave leave) {
        return false;
      }
    };
  }

  @Produces
  @Singleton
  @DefaultBean
  DelegatedLeaves noDelegation() {
    return new DelegatedLeaves() {
      @Override
      public Outcome check(Site site, String serverName) {
        return Outcome.UNAVAILABLE;
      }

      @Override
      public Outcome accept(Delegation delegation) {
        return Outcome.UNAVAILABLE;
      }

      @Override
      public void kicked(Site site, String roomId, String user) {
        // Nothing is kept.
      }
    };
  }
}
