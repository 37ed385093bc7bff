package dev.weir.service.peering.wiring;

import dev.weir.service.openid.OpenIdToken;
import dev.weir.service.peering.HomeCalls;
import dev.weir.service.peering.PeeredSites;
import dev.weir.service.token.DelayedLeave;
import dev.weir.service.token.PeerAdmissions;
import dev.weir.service.token.PeerAnswer;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.admission.Agreement;
import dev.weir.session.admission.Request;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.util.Optional;

/** The token endpoints' way to the home sites of foreign users. */
@Singleton
final class PartnerAdmissions implements PeerAdmissions {
  private final Provider<PeeredSites> peered;

  PartnerAdmissions(Provider<PeeredSites> peered) {
    this.peered = peered;
  }

  @Override
  public Agreement agreement(Site ours, Site home) {
    return peered.get().homeCalls().agreement(ours, home);
  }

  @Override
  public PeerAnswer admit(
      Site ours, Site home, Request request, OpenIdToken token, Optional<DelayedLeave> leave) {
    var outcome =
        peered
            .get()
            .homeCalls()
            .admit(
                ours,
                home,
                request.slot(),
                request.member(),
                request.endpoint().isLegacy() ? Role.GUEST : Role.VIEW,
                token.accessToken(),
                leave.map(l -> new HomeCalls.Leave(l.delayId(), l.delay())).orElse(null));
    return switch (outcome) {
      case HomeCalls.Outcome.Attached(String url, String jwt) -> new PeerAnswer.Admitted(url, jwt);
      case HomeCalls.Outcome.NotAttached(var verdict) -> new PeerAnswer.Refused(verdict);
    };
  }

  @Override
  public boolean delegate(
      Site ours, Site home, SlotId slot, Member member, OpenIdToken token, DelayedLeave leave) {
    return peered
        .get()
        .homeCalls()
        .delegate(
            ours,
            home,
            slot,
            member,
            token.accessToken(),
            new HomeCalls.Leave(leave.delayId(), leave.delay()));
  }
}
