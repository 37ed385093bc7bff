package dev.weir.service.peering;

import dev.weir.peering.v1.AdmitRequest;
import dev.weir.peering.v1.AdmitResponse;
import dev.weir.peering.v1.Admitted;
import dev.weir.peering.v1.AttachmentKind;
import dev.weir.peering.v1.CloseLegRequest;
import dev.weir.peering.v1.DelayedLeave;
import dev.weir.peering.v1.DelegateRequest;
import dev.weir.peering.v1.LegGrant;
import dev.weir.peering.v1.OpenIdToken;
import dev.weir.peering.v1.OpenLegRequest;
import dev.weir.peering.v1.Refused;
import dev.weir.peering.v1.RenewLegRequest;
import dev.weir.peering.v1.TakeInRequest;
import dev.weir.service.peering.OwnSites.Attached;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.admission.Admission;
import dev.weir.session.admission.Answer;
import dev.weir.session.admission.Endpoint;
import dev.weir.session.admission.HomeAnswer;
import dev.weir.session.admission.HomeVerdict;
import dev.weir.session.admission.Request;
import dev.weir.session.admission.Ticket;
import dev.weir.session.name.Identities;
import dev.weir.session.slot.Sharing;
import dev.weir.session.slot.SlotEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * What our sites answer to a proven partner. The user's own homeserver says whose the token is, and
 * an admission only ever yields an annex of the focus that asks.
 */
final class HomeDoor implements PeerRequests {
  private static final Duration LONGEST_LEAVE = Duration.ofHours(24);
  private static final HomeAnswer UNAVAILABLE = new HomeAnswer.Refused(HomeVerdict.UNAVAILABLE);

  private final OwnSites home;
  private final SlotBook book;
  private final LegOrigin legs;
  private final BiPredicate<Site, Site> agreed;

  /**
   * @param agreed whether a site of ours has an agreement in force with another
   */
  HomeDoor(OwnSites home, SlotBook book, LegOrigin legs, BiPredicate<Site, Site> agreed) {
    this.home = home;
    this.book = book;
    this.legs = legs;
    this.agreed = agreed;
  }

  @Override
  public AdmitResponse admit(Agreement agreement, AdmitRequest asked) throws PeerRefusal {
    Site self = Site.of(agreement.key().site());
    Site focus = Site.of(agreement.key().peer());
    SlotId slot = slot(asked.getSlot());
    Member member = member(asked.getMember());
    Role role = role(asked.getKind());
    boolean proven =
        asked.getOpenidToken().getAccessToken().isEmpty()
            ? role == Role.VIEW && passedOn(self, focus, slot, member)
            : proven(self, member, asked.getOpenidToken());
    if (!proven) {
      return refused(Refused.Reason.UNAUTHORIZED);
    }
    if (asked.hasDelayedLeave()
        && !keep(self, focus, slot, member, role, asked.getDelayedLeave())) {
      return refused(Refused.Reason.DELEGATION_UNAVAILABLE);
    }
    book.apply(self, slot, new SlotEvent.Asked(member.client(), focus));
    HomeAnswer answer =
        Admission.atHome(
            new Request(endpoint(role, member), slot, member, focus, self, asked.hasDelayedLeave()),
            role,
            true,
            home.isClosed(self, slot),
            reachesGuests(self, slot, focus) && home.canBring(self, slot, focus));
    direct(self, slot, member, focus, role, answer.equals(UNAVAILABLE));
    return switch (answer) {
      case HomeAnswer.Refused(var verdict) ->
          refused(
              switch (verdict) {
                case UNAUTHORIZED -> Refused.Reason.UNAUTHORIZED;
                case FORBIDDEN -> Refused.Reason.FORBIDDEN;
                case NO_DELEGATION -> Refused.Reason.DELEGATION_UNAVAILABLE;
                case UNAVAILABLE, AWAY -> Refused.Reason.UNAVAILABLE;
              });
      case HomeAnswer.Annex(var ticket) -> {
        try {
          Attached attached = home.attach(self, slot, member, ticket);
          yield admitted(attached);
        } catch (IOException e) {
          direct(self, slot, member, focus, role, true);
          yield refused(Refused.Reason.UNAVAILABLE);
        }
      }
    };
  }

  /** Where a client of that role has asked the focus. */
  private static Endpoint endpoint(Role role, Member member) {
    if (role == Role.GUEST) {
      return Endpoint.SFU_GET;
    }
    return member.device().isEmpty() ? Endpoint.GET_TOKEN_BY_MEMBER : Endpoint.GET_TOKEN;
  }

  /** Guests of the focus publish at their own sites, and only an agreement lets us pull there. */
  private boolean reachesGuests(Site self, SlotId slot, Site focus) {
    return book.find(self, slot).stream()
        .flatMap(state -> Sharing.guestSitesOf(state, focus).stream())
        .allMatch(site -> agreed.test(self, site));
  }

  /**
   * The partner vouches for its own user, as it does in every token that it hands out. The user
   * gets what a client gets that we serve directly from the start, and no identity but its own.
   */
  @Override
  public AdmitResponse takeIn(Agreement agreement, TakeInRequest asked) throws PeerRefusal {
    Site self = Site.of(agreement.key().site());
    Site peer = Site.of(agreement.key().peer());
    SlotId slot = slot(asked.getSlot());
    Member member = member(asked.getMember());
    Endpoint endpoint = endpoint(member, role(asked.getKind()), asked.getIdentity());
    if (!isUserOf(peer, self, member)) {
      throw new PeerRefusal(PeerRefusal.Reason.NOT_ALLOWED, "not a user of that site");
    }
    if (book.find(self, slot).filter(state -> Sharing.peers(state).contains(peer)).isEmpty()) {
      throw new PeerRefusal(PeerRefusal.Reason.UNKNOWN, "no such slot is shared");
    }
    if (home.isClosed(self, slot)) {
      return refused(Refused.Reason.FORBIDDEN);
    }
    Answer answer =
        Admission.withoutHome(
            new Request(endpoint, slot, member, self, peer, false),
            new dev.weir.session.admission.Agreement.Peered(
                true, agreement.view(), agreement.guestPublish()),
            HomeVerdict.UNAVAILABLE);
    if (!(answer instanceof Answer.Attach(Ticket ticket))) {
      return refused(Refused.Reason.FORBIDDEN);
    }
    try {
      return home.takeIn(self, slot, member, ticket)
          .map(HomeDoor::admitted)
          .orElseGet(() -> refused(Refused.Reason.FORBIDDEN));
    } catch (IOException e) {
      return refused(Refused.Reason.UNAVAILABLE);
    }
  }

  /** Where a client of that role would have asked us to get that identity. */
  private static Endpoint endpoint(Member member, Role role, String identity) throws PeerRefusal {
    for (Endpoint endpoint : Endpoint.values()) {
      if (endpoint.isLegacy() == (role == Role.GUEST)
          && Identities.of(member, endpoint.scheme()).equals(identity)) {
        return endpoint;
      }
    }
    throw new PeerRefusal(PeerRefusal.Reason.BAD_REQUEST, "not an identity of that member");
  }

  private static AdmitResponse admitted(Attached attached) {
    return AdmitResponse.newBuilder()
        .setAdmitted(Admitted.newBuilder().setUrl(attached.url()).setJwt(attached.jwt()))
        .build();
  }

  /** A viewer whom the focus serves itself is in no annex here, and that says nothing of it. */
  private void direct(
      Site self, SlotId slot, Member member, Site focus, Role role, boolean isDirect) {
    if (role == Role.VIEW) {
      book.apply(self, slot, new SlotEvent.DirectAt(member.client(), focus, isDirect));
    }
  }

  @Override
  public boolean delegate(Agreement agreement, DelegateRequest asked) throws PeerRefusal {
    Site self = Site.of(agreement.key().site());
    SlotId slot = slot(asked.getSlot());
    Member member = member(asked.getMember());
    return proven(self, member, asked.getOpenidToken())
        && keep(
            self,
            Site.of(agreement.key().peer()),
            slot,
            member,
            Role.GUEST,
            asked.getDelayedLeave());
  }

  /** True when our homeserver says that the token is this very member's, and the member is ours. */
  private boolean proven(Site self, Member member, OpenIdToken token) throws PeerRefusal {
    if (!isUserOf(self, self, member) || !member.server().equals(token.getMatrixServerName())) {
      return false;
    }
    try {
      return home.userOf(self, token).equals(Optional.of(member.user()));
    } catch (IOException e) {
      throw new PeerRefusal(
          PeerRefusal.Reason.UNAVAILABLE, "the homeserver cannot be asked about the token");
    }
  }

  /** True when the member is ours and has asked that focus through our own homeserver. */
  private boolean passedOn(Site self, Site focus, SlotId slot, Member member) {
    return isUserOf(self, self, member) && home.passedOn(self, focus, slot, member);
  }

  /** Whose user a member is, as our site sees it. */
  private boolean isUserOf(Site site, Site self, Member member) {
    return home.directory(self).siteOf(member.server()).equals(Optional.of(site));
  }

  private boolean keep(
      Site self, Site focus, SlotId slot, Member member, Role role, DelayedLeave leave)
      throws PeerRefusal {
    long millis = leave.getDelayTimeoutMs();
    if (leave.getDelayId().isEmpty() || millis <= 0 || millis > LONGEST_LEAVE.toMillis()) {
      throw new PeerRefusal(PeerRefusal.Reason.BAD_REQUEST, "not a delayed leave");
    }
    // Viewers keep no membership alive: their publishing attachment does.
    return role == Role.GUEST
        && home.keepLeave(
            self,
            slot,
            member,
            Set.of(Room.home(self), Room.guest(focus)),
            leave.getDelayId(),
            Duration.ofMillis(millis));
  }

  @Override
  public LegGrant openLeg(Agreement agreement, OpenLegRequest request) throws PeerRefusal {
    return legs.open(agreement, request);
  }

  @Override
  public LegGrant renewLeg(Agreement agreement, RenewLegRequest request) throws PeerRefusal {
    return legs.renew(agreement, request);
  }

  @Override
  public void closeLeg(Agreement agreement, CloseLegRequest request) {
    legs.close(agreement, request);
  }

  private static AdmitResponse refused(Refused.Reason reason) {
    return AdmitResponse.newBuilder().setRefused(Refused.newBuilder().setReason(reason)).build();
  }

  private static Role role(AttachmentKind kind) throws PeerRefusal {
    return switch (kind) {
      case VIEW -> Role.VIEW;
      case GUEST -> Role.GUEST;
      case ATTACHMENT_KIND_UNSPECIFIED, UNRECOGNIZED ->
          throw new PeerRefusal(PeerRefusal.Reason.BAD_REQUEST, "VIEW or GUEST");
    };
  }

  private static SlotId slot(dev.weir.peering.v1.Slot slot) throws PeerRefusal {
    try {
      return Wire.slot(slot);
    } catch (SyncContent.BadSync e) {
      throw new PeerRefusal(PeerRefusal.Reason.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
  }

  private static Member member(dev.weir.peering.v1.Member member) throws PeerRefusal {
    try {
      return Wire.member(member);
    } catch (SyncContent.BadSync e) {
      throw new PeerRefusal(PeerRefusal.Reason.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
  }
}
