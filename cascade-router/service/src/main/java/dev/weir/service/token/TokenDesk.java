package dev.weir.service.token;

import dev.weir.service.config.HomeSite;
import dev.weir.service.events.ClosedSlots;
import dev.weir.service.openid.OpenIdVerifier;
import dev.weir.service.openid.Verdict;
import dev.weir.service.slots.Slots;
import dev.weir.service.token.TokenAnswer.Denied;
import dev.weir.service.token.TokenAnswer.Granted;
import dev.weir.service.token.TokenAnswer.Later;
import dev.weir.service.token.TokenAnswer.LeaveKept;
import dev.weir.service.token.TokenAnswer.Why;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.admission.Admission;
import dev.weir.session.admission.Agreement;
import dev.weir.session.admission.Answer;
import dev.weir.session.admission.Request;
import dev.weir.session.admission.Ticket;
import dev.weir.session.delegation.Delegation;
import dev.weir.session.delegation.JobKey;
import dev.weir.session.name.Identities;
import dev.weir.session.name.RoomNames;
import dev.weir.session.slot.SlotEvent;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Serves token requests: proves who asks, decides by the session core's table, attaches. */
@Singleton
public final class TokenDesk {
  static final Duration VALID = Duration.ofHours(1);
  static final Duration VALID_FOR_RESTRICTED = Duration.ofMinutes(10);
  private static final Duration RETRY = Duration.ofSeconds(2);

  private final OpenIdVerifier verifier;
  private final PeerAdmissions peers;
  private final DelegatedLeaves leaves;
  private final Attacher attacher;
  private final Slots slots;
  private final ClosedSlots closed;
  private final MeterRegistry meters;

  TokenDesk(
      OpenIdVerifier verifier,
      PeerAdmissions peers,
      DelegatedLeaves leaves,
      Attacher attacher,
      Slots slots,
      ClosedSlots closed,
      MeterRegistry meters) {
    this.verifier = verifier;
    this.peers = peers;
    this.leaves = leaves;
    this.attacher = attacher;
    this.slots = slots;
    this.closed = closed;
    this.meters = meters;
  }

  /** Blocks until there is an answer. */
  public TokenAnswer serve(HomeSite focus, TokenRequest asked) {
    TokenAnswer answer =
        proven(asked)
            .map(member -> attach(focus, asked, member))
            .orElseGet(() -> new Denied(Why.UNAUTHORIZED));
    meters
        .counter(
            "weir.token.requests", "endpoint", asked.endpoint().name(), "outcome", outcome(answer))
        .increment();
    return answer;
  }

  /** Takes over a delayed leave of a client that has its token already; blocks. */
  public TokenAnswer keepLeave(HomeSite site, TokenRequest asked, DelayedLeave leave) {
    Optional<Member> member = proven(asked);
    if (member.isEmpty()) {
      return new Denied(Why.UNAUTHORIZED);
    }
    if (!site.hosts(member.get().server())) {
      return new Denied(Why.RESTRICTED_DELEGATION);
    }
    if (leaves.check(site.site(), member.get().server()) != DelegatedLeaves.Outcome.STORED) {
      return new Denied(Why.DELEGATION_UNAVAILABLE);
    }
    return keep(site.site(), asked, member.get(), leave)
        ? new LeaveKept()
        : new Denied(Why.DELEGATION_UNAVAILABLE);
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
    Site home = focus.homeOf(member.server());
    Request request =
        new Request(
            asked.endpoint(), asked.slot(), member, focus.site(), home, asked.leave().isPresent());
    Agreement agreement = agreement(focus, home);
    Answer first = Admission.first(
            request,
            agreement,
            focus.access(),
            closed.isClosed(focus.site(), asked.slot()));
    if (first instanceof Answer.AskHome ask && agreement instanceof Agreement.Peered peered) {
      return askHome(request, asked, ask, peered);
    }
    return act(asked, request, first);
  }

  private Agreement agreement(HomeSite focus, Site home) {
    boolean partner = focus.partner(home).filter(known -> known.active()).isPresent();
    return partner ? peers.agreement(focus.site(), home) : new Agreement.None();
  }

  private TokenAnswer askHome(
      Request request, TokenRequest asked, Answer.AskHome ask, Agreement.Peered peered) {
    PeerAnswer answer =
        peers.admit(request.focus(), ask.home(), request, asked.openId(), asked.leave());
    return switch (answer) {
      case PeerAnswer.Admitted admitted -> {
        slots.apply(request.focus(), request.slot(), new SlotEvent.Admitted(ask.home()));
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
    Room home = Room.home(site);
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
            membership(member),
            Identities.ofPublisher(member),
            Set.of(RoomNames.of(asked.slot(), home)));
    return leaves.accept(delegation) == DelegatedLeaves.Outcome.STORED;
  }

  /** Clients of the legacy event have one membership per device, others one per member id. */
  private static String membership(Member member) {
    String ofDevice = member.user() + ":" + member.client().device();
    return member.memberId().isEmpty() || member.memberId().equals(ofDevice)
        ? ofDevice
        : ofDevice + " " + member.memberId();
  }

  private static String outcome(TokenAnswer answer) {
    return switch (answer) {
      case Granted granted -> "granted";
      case LeaveKept kept -> "leave_kept";
      case Later later -> "later";
      case Denied denied -> denied.why().name().toLowerCase(Locale.ROOT);
    };
  }
}
