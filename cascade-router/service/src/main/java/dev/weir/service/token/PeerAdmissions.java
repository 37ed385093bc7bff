package dev.weir.service.token;

import dev.weir.service.openid.OpenIdToken;
import dev.weir.session.Member;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.admission.Agreement;
import dev.weir.session.admission.Request;
import java.util.Optional;

/** Asks partners to take in their own users. Implemented by the peering package; may block. */
public interface PeerAdmissions {
  /** What our site has agreed with another one, and whether that one can be asked now. */
  Agreement agreement(Site ours, Site home);

  PeerAnswer admit(
      Site ours, Site home, Request request, OpenIdToken token, Optional<DelayedLeave> leave);

  /** Hands a delayed leave to its user's home site; true once it is durable there. */
  boolean delegate(
      Site ours, Site home, SlotId slot, Member member, OpenIdToken token, DelayedLeave leave);
}
