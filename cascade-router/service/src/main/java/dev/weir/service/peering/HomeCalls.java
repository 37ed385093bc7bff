package dev.weir.service.peering;

import dev.weir.peering.v1.AdmitRequest;
import dev.weir.peering.v1.AdmitResponse;
import dev.weir.peering.v1.AttachmentKind;
import dev.weir.peering.v1.DelayedLeave;
import dev.weir.peering.v1.DelegateRequest;
import dev.weir.peering.v1.OpenIdToken;
import dev.weir.peering.v1.PeeringGrpc;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.admission.HomeVerdict;
import dev.weir.session.slot.SlotEvent;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Asks a user's home site to attach the user there. The OpenID token that the client handed to us
 * is passed on to the site that issued it, and to nobody else.
 */
public final class HomeCalls {
  private static final Logger LOG = Logger.getLogger(HomeCalls.class);
  private static final Duration PATIENCE = Duration.ofMillis(6500);

  private final Peering peering;
  private final SlotBook book;

  HomeCalls(Peering peering, SlotBook book) {
    this.peering = peering;
    this.book = book;
  }

  /** What came of asking. */
  public sealed interface Outcome {
    /** The home site's signalling URL and token: what the client gets. */
    record Attached(String url, String jwt) implements Outcome {
      @Override
      public String toString() {
        return "Attached[" + url + "]";
      }
    }

    record NotAttached(HomeVerdict verdict) implements Outcome {}
  }

  /** A delayed leave that came with a request. */
  public record Leave(String delayId, Duration delay) {}

  /** What we have agreed with the site of a user. */
  public dev.weir.session.admission.Agreement agreement(Site focus, Site home) {
    PeerKey key = new PeerKey(focus.name(), home.name());
    return peering
        .directory()
        .inForce(key)
        .<dev.weir.session.admission.Agreement>map(
            a ->
                new dev.weir.session.admission.Agreement.Peered(
                    peering.reachable(key), a.view(), a.guestPublish()))
        .orElseGet(dev.weir.session.admission.Agreement.None::new);
  }

  /**
   * Asks, and blocks for the answer.
   *
   * @param role VIEW or GUEST
   */
  public Outcome admit(
      Site focus,
      Site home,
      SlotId slot,
      Member member,
      Role role,
      String accessToken,
      @Nullable Leave leave) {
    PeerKey key = new PeerKey(focus.name(), home.name());
    Optional<PeeringGrpc.PeeringBlockingStub> calls = peering.calls(key, PATIENCE);
    if (calls.isEmpty()) {
      return new Outcome.NotAttached(HomeVerdict.AWAY);
    }
    AdmitRequest.Builder request =
        AdmitRequest.newBuilder()
            .setToServerName(home.name())
            .setSlot(Wire.slot(slot))
            .setMember(Wire.member(member))
            .setKind(role == Role.GUEST ? AttachmentKind.GUEST : AttachmentKind.VIEW)
            .setOpenidToken(token(member, accessToken));
    if (leave != null) {
      request.setDelayedLeave(wire(leave));
    }
    AdmitResponse response;
    try {
      response = calls.get().admit(request.build());
    } catch (StatusRuntimeException e) {
      LOG.warnf("event=admit_unanswered link=%s status=%s", key, e.getStatus().getCode());
      return new Outcome.NotAttached(
          switch (e.getStatus().getCode()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED -> HomeVerdict.AWAY;
            case PERMISSION_DENIED -> HomeVerdict.AWAY;
            default -> HomeVerdict.UNAVAILABLE;
          });
    }
    return switch (response.getOutcomeCase()) {
      case ADMITTED -> {
        book.apply(focus, slot, new SlotEvent.Admitted(home));
        yield new Outcome.Attached(
            response.getAdmitted().getUrl(), response.getAdmitted().getJwt());
      }
      case REFUSED ->
          new Outcome.NotAttached(
              switch (response.getRefused().getReason()) {
                case UNAUTHORIZED -> HomeVerdict.UNAUTHORIZED;
                case FORBIDDEN -> HomeVerdict.FORBIDDEN;
                case DELEGATION_UNAVAILABLE -> HomeVerdict.NO_DELEGATION;
                case UNAVAILABLE, REASON_UNSPECIFIED, UNRECOGNIZED -> HomeVerdict.UNAVAILABLE;
              });
      case OUTCOME_NOT_SET -> new Outcome.NotAttached(HomeVerdict.UNAVAILABLE);
    };
  }

  /** Hands a delayed leave that came to the wrong router to the user's home site. */
  public boolean delegate(
      Site focus, Site home, SlotId slot, Member member, String accessToken, Leave leave) {
    PeerKey key = new PeerKey(focus.name(), home.name());
    try {
      return peering
          .calls(key, PATIENCE)
          .map(
              calls ->
                  calls
                      .delegate(
                          DelegateRequest.newBuilder()
                              .setToServerName(home.name())
                              .setSlot(Wire.slot(slot))
                              .setMember(Wire.member(member))
                              .setOpenidToken(token(member, accessToken))
                              .setDelayedLeave(wire(leave))
                              .build())
                      .getStored())
          .orElse(false);
    } catch (StatusRuntimeException e) {
      LOG.warnf("event=delegate_unanswered link=%s status=%s", key, e.getStatus().getCode());
      return false;
    }
  }

  private static DelayedLeave wire(Leave leave) {
    return DelayedLeave.newBuilder()
        .setDelayId(leave.delayId())
        .setDelayTimeoutMs(leave.delay().toMillis())
        .build();
  }

  private static OpenIdToken token(Member member, String accessToken) {
    return OpenIdToken.newBuilder()
        .setAccessToken(accessToken)
        .setTokenType("Bearer")
        .setMatrixServerName(member.server())
        .build();
  }
}
