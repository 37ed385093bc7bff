package dev.weir.service.token;

import dev.weir.service.config.HomeSite;
import dev.weir.service.events.ClosedSlots;
import dev.weir.service.net.Buckets;
import dev.weir.service.openid.OpenIdToken;
import dev.weir.service.openid.OpenIdVerifier;
import dev.weir.service.openid.Verdict;
import dev.weir.service.slots.Removed;
import dev.weir.service.slots.Slots;
import dev.weir.service.token.TokenAnswer.Denied;
import dev.weir.service.token.TokenAnswer.Granted;
import dev.weir.service.token.TokenAnswer.Later;
import dev.weir.service.token.TokenAnswer.LeaveKept;
import dev.weir.service.token.TokenAnswer.Why;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.admission.Admission;
import dev.weir.session.admission.Agreement;
import dev.weir.session.admission.Answer;
import dev.weir.session.admission.Endpoint;
import dev.weir.session.admission.HomeVerdict;
import dev.weir.session.admission.Request;
import dev.weir.session.admission.Ticket;
import dev.weir.session.delegation.Delegation;
import dev.weir.session.delegation.JobKey;
import dev.weir.session.name.Identities;
import dev.weir.session.slot.SlotEvent;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Serves token requests: proves who asks, decides by the session core's table, attaches. */
@Singleton
public final class TokenDesk {
  static final Duration VALID = Duration.ofHours(1);
  static final Duration VALID_FOR_RESTRICTED = Duration.ofMinutes(10);
  private static final Duration RETRY = Duration.ofSeconds(2);

  private final OpenIdVerifier verifier;
  private final PeerAdmissions peers;
  private final DelegatedLeaves leaves;
  private final MemberRooms rooms;
  private final Attacher attacher;
  private final Slots slots;
  private final Removed removed;
  private final Buckets users;
  private final ClosedSlots closed;
  private final MeterRegistry meters;

  TokenDesk(
      OpenIdVerifier verifier,
      PeerAdmissions peers,
      DelegatedLeaves leaves,
      MemberRooms rooms,
      Attacher attacher,
      Slots slots,
      Removed removed,
      InstantSource clock,
      ClosedSlots closed,
      MeterRegistry meters) {
    // A client asks about five times when it joins, and a user has a handful of clients.
    this.users = new Buckets(5, 100, clock);
    this.removed = removed;
    this.verifier = verifier;
    this.peers = peers;
    this.leaves = leaves;
    this.rooms = rooms;
    this.attacher = attacher;
    this.slots = slots;
    this.closed = closed;
    this.meters = meters;
  }

  /** Blocks until there is an answer. */
  public TokenAnswer serve(HomeSite focus, TokenRequest asked) {
    return counted(
        asked.endpoint(),
        partnersUser(focus, asked)
            .map(member -> askPartner(focus, asked, member))
            .orElseGet(() -> serveOnProof(asked, member -> attach(focus, asked, member))));
  }

  /** Serves somebody whose homeserver says who it is; blocks. */
  public TokenAnswer serveProven(HomeSite focus, Endpoint endpoint, SlotId slot, Member member) {
    TokenRequest asked = provenRequest(endpoint, slot, member, Optional.empty());
    Request request = request(focus, asked, member);
    return counted(endpoint, limited(member).orElseGet(() -> attachProven(focus, asked, request)));
  }

  /**
   * There is no proof of the user's own for the home site: it knows by itself who has asked through
   * its homeserver. Where it does not, or is too old to know, the user is served here.
   */
  private TokenAnswer attachProven(HomeSite focus, TokenRequest asked, Request request) {
    Agreement agreement = agreement(focus, request.home());
    Answer first = first(focus, request, agreement);
    if (!(first instanceof Answer.AskHome ask && agreement instanceof Agreement.Peered peered)) {
      return act(asked, request, first);
    }
    boolean dialsUs = request.endpoint() == Endpoint.GET_TOKEN_BY_MEMBER;
    PeerAnswer answer =
        dialsUs && !focus.gated()
            ? new PeerAnswer.Refused(HomeVerdict.AWAY)
            : peers.admit(request.focus(), ask.home(), request, asked.openId(), Optional.empty());
    if (answer instanceof PeerAnswer.Refused(HomeVerdict verdict)) {
      HomeVerdict known = verdict == HomeVerdict.UNAUTHORIZED ? HomeVerdict.AWAY : verdict;
      return act(asked, request, Admission.withoutHome(request, peered, known));
    }
    TokenAnswer home = after(answer, request, asked, peered);
    return dialsUs && home instanceof Granted(Attached theirs)
        ? leadOn(asked, request, peered, theirs)
        : home;
  }

  /** The client dials us whatever we say: its membership event names our URL. */
  private TokenAnswer leadOn(
      TokenRequest asked, Request request, Agreement.Peered peered, Attached theirs) {
    TokenAnswer here =
        act(asked, request, Admission.withoutHome(request, peered, HomeVerdict.AWAY));
    return here instanceof Granted(Attached ours)
        ? new Granted(attacher.leadOn(request.focus(), ours, request.home(), theirs))
        : here;
  }

  /** As {@link #keepLeave}, for somebody whose homeserver says who it is. */
  public TokenAnswer keepProvenLeave(
      HomeSite site, SlotId slot, Member member, DelayedLeave leave) {
    Endpoint endpoint =
        member.device().isEmpty() ? Endpoint.GET_TOKEN_BY_MEMBER : Endpoint.GET_TOKEN;
    return keepOwn(site, provenRequest(endpoint, slot, member, Optional.of(leave)), member, leave);
  }

  /** Takes over a delayed leave of a client that has its token already; blocks. */
  public TokenAnswer keepLeave(HomeSite site, TokenRequest asked, DelayedLeave leave) {
    return serveOnProof(
        asked,
        member -> {
          Site home = site.homeOf(member.server());
          boolean partners =
              !home.equals(site.site())
                  && agreement(site, home) instanceof Agreement.Peered peered
                  && peered.guestPublish();
          if (!partners) {
            return keepOwn(site, asked, member, leave);
          }
          // Only the home site can keep it: it alone sees all attachments of its user.
          return peers.delegate(site.site(), home, asked.slot(), member, asked.openId(), leave)
              ? new LeaveKept()
              : new Denied(Why.DELEGATION_UNAVAILABLE);
        });
  }

  private TokenAnswer keepOwn(
      HomeSite site, TokenRequest asked, Member member, DelayedLeave leave) {
    if (!site.hosts(member.server())) {
      return new Denied(Why.RESTRICTED_DELEGATION);
    }
    if (leaves.check(site.site(), member.server()) != DelegatedLeaves.Outcome.STORED) {
      return new Denied(Why.DELEGATION_UNAVAILABLE);
    }
    return keep(site.site(), asked, member, leave)
        ? new LeaveKept()
        : new Denied(Why.DELEGATION_UNAVAILABLE);
  }

  private static TokenRequest provenRequest(
      Endpoint endpoint, SlotId slot, Member member, Optional<DelayedLeave> leave) {
    return new TokenRequest(
        endpoint,
        slot,
        member.user(),
        member.device(),
        member.memberId(),
        new OpenIdToken("", member.server()),
        leave);
  }

  private TokenAnswer serveOnProof(TokenRequest asked, Function<Member, TokenAnswer> then) {
    Optional<Member> member = proven(asked);
    return member.isEmpty()
        ? new Denied(Why.UNAUTHORIZED)
        : limited(member.get()).orElseGet(() -> then.apply(member.get()));
  }

  private Optional<TokenAnswer> limited(Member member) {
    return users.take(member.user()) ? Optional.empty() : Optional.of(new TokenAnswer.TooMany());
  }

  private TokenAnswer counted(Endpoint endpoint, TokenAnswer answer) {
    meters
        .counter("weir.token.requests", "endpoint", endpoint.name(), "outcome", outcome(answer))
        .increment();
    return answer;
  }

  /**
   * The user that a request claims to be of, if a partner could say so. We do not ask that
   * partner's homeserver ourselves: the home site does, and its answer is the one that counts.
   */
  private static Optional<Member> partnersUser(HomeSite focus, TokenRequest asked) {
    String user = asked.claimedUser();
    int colon = user.indexOf(':');
    String server = asked.openId().serverName();
    boolean whole = user.startsWith("@") && colon > 1 && user.substring(colon + 1).equals(server);
    boolean partners =
        whole
            && !focus.hosts(server)
            && focus.partner(focus.homeOf(server)).filter(known -> known.active()).isPresent();
    return partners
        ? Optional.of(new Member(user, asked.device(), asked.memberId()))
        : Optional.empty();
  }

  private TokenAnswer askPartner(HomeSite focus, TokenRequest asked, Member member) {
    Request request = request(focus, asked, member);
    if (agreement(focus, request.home()) instanceof Agreement.Peered peered
        && first(focus, request, peered) instanceof Answer.AskHome ask) {
      PeerAnswer answer =
          peers.admit(request.focus(), ask.home(), request, asked.openId(), asked.leave());
      if (answer instanceof PeerAnswer.Refused(HomeVerdict verdict)
          && (verdict == HomeVerdict.AWAY || verdict == HomeVerdict.UNAVAILABLE)) {
        return serveOnProof(
            asked, any -> act(asked, request, Admission.withoutHome(request, peered, verdict)));
      }
      return after(answer, request, asked, peered);
    }
    return serveOnProof(asked, proven -> attach(focus, asked, proven));
  }

  private Optional<Member> proven(TokenRequest asked) {
    if (!(verifier.verify(asked.openId()) instanceof Verdict.Verified verified)) {
      return Optional.empty();
    }
    String user = verified.userId();
    boolean claimHolds = asked.claimedUser().isEmpty() || asked.claimedUser().equals(user);
    return claimHolds
        ? Optional.of(new Member(user, asked.device(), asked.memberId()))
        : Optional.empty();
  }

  private TokenAnswer attach(HomeSite focus, TokenRequest asked, Member member) {
    Request request = request(focus, asked, member);
    Agreement agreement = agreement(focus, request.home());
    Answer first = first(focus, request, agreement);
    if (first instanceof Answer.AskHome ask && agreement instanceof Agreement.Peered peered) {
      PeerAnswer answer =
          peers.admit(request.focus(), ask.home(), request, asked.openId(), asked.leave());
      return after(answer, request, asked, peered);
    }
    return act(asked, request, first);
  }

  private static Request request(HomeSite focus, TokenRequest asked, Member member) {
    return new Request(
        asked.endpoint(),
        asked.slot(),
        member,
        focus.site(),
        focus.homeOf(member.server()),
        asked.leave().isPresent());
  }

  private Answer first(HomeSite focus, Request request, Agreement agreement) {
    boolean slotClosed = closed.isClosed(focus.site(), request.slot());
    return Admission.first(request, agreement, focus.access(), slotClosed);
  }

  private Agreement agreement(HomeSite focus, Site home) {
    boolean partner = focus.partner(home).filter(known -> known.active()).isPresent();
    return partner ? peers.agreement(focus.site(), home) : new Agreement.None();
  }

  private TokenAnswer after(
      PeerAnswer answer, Request request, TokenRequest asked, Agreement.Peered peered) {
    return switch (answer) {
      case PeerAnswer.Admitted admitted -> {
        slots.apply(request.focus(), request.slot(), new SlotEvent.Admitted(request.home()));
        yield new Granted(new Attached(admitted.url(), admitted.jwt()));
      }
      case PeerAnswer.Refused refused ->
          act(asked, request, Admission.withoutHome(request, peered, refused.verdict()));
    };
  }

  private TokenAnswer act(TokenRequest asked, Request request, Answer answer) {
    return switch (answer) {
      case Answer.Attach attach -> attach(asked, request, attach.ticket());
      case Answer.Refuse refuse ->
          switch (refuse.reason()) {
            case FORBIDDEN -> new Denied(Why.FORBIDDEN);
            case UNAUTHORIZED -> new Denied(Why.UNAUTHORIZED);
            case TRY_LATER -> new Later(RETRY);
            case NO_DELEGATION -> new Denied(Why.RESTRICTED_DELEGATION);
          };
      // Only an unpeered home could get here, and that is never asked.
      case Answer.AskHome ask -> new Later(RETRY);
    };
  }

  private TokenAnswer attach(TokenRequest asked, Request request, Ticket ticket) {
    Site site = request.focus();
    if (removed.isRemoved(site, asked.slot().roomId(), request.member().user())) {
      return new Denied(Why.FORBIDDEN);
    }
    Optional<DelayedLeave> leave = asked.leave();
    if (leave.isPresent()
        && leaves.check(site, request.member().server()) != DelegatedLeaves.Outcome.STORED) {
      return new Denied(Why.DELEGATION_UNAVAILABLE);
    }
    try {
      Attached attached =
          attacher.attach(
              site,
              asked.slot(),
              request.member(),
              ticket,
              ticket.role() == Role.OWN ? VALID : VALID_FOR_RESTRICTED,
              leave.isPresent());
      // Last: a leave that was taken over for a client that then gets no token would only fire.
      if (leave.isPresent() && !keep(site, asked, request.member(), leave.get())) {
        return new Denied(Why.DELEGATION_UNAVAILABLE);
      }
      return new Granted(attached);
    } catch (AttachFailure e) {
      return new Denied(Why.NO_ROOM);
    }
  }

  private boolean keep(Site site, TokenRequest asked, Member member, DelayedLeave leave) {
    Delegation delegation =
        new Delegation(
            new JobKey(
                site.name(),
                asked.slot().roomId(),
                asked.slot().slotId(),
                member.user(),
                member.client().device()),
            leave.delayId(),
            leave.delay().toMillis(),
            Delegation.membershipOf(member),
            Identities.ofPublisher(member),
            rooms.of(site, asked.slot(), member));
    return leaves.accept(delegation) == DelegatedLeaves.Outcome.STORED;
  }

  private static String outcome(TokenAnswer answer) {
    return switch (answer) {
      case Granted granted -> "granted";
      case LeaveKept kept -> "leave_kept";
      case Later later -> "later";
      case TokenAnswer.TooMany tooMany -> "too_many";
      case Denied denied -> denied.why().name().toLowerCase(Locale.ROOT);
    };
  }
}
