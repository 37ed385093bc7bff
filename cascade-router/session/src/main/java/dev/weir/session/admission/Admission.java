package dev.weir.session.admission;

import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.name.Identities;

/**
 * The table of token requests.
 *
 * <pre>
 * own focus                                   OWN in the home room
 * foreign focus, peered, new endpoint         VIEW in the view annex at the home site
 * foreign focus, peered, legacy endpoint      GUEST in the guest annex at the home site
 * foreign focus, peered, home cannot          DIRECT: subscribe; legacy endpoint publishes by policy
 * foreign focus, no agreement                 RESTRICTED: subscribe, or refused, by policy
 * </pre>
 */
public final class Admission {
  private Admission() {}

  /** What the asked focus does first. */
  public static Answer first(
      Request request, Agreement agreement, AccessPolicy access, boolean slotClosed) {
    if (slotClosed) {
      return new Answer.Refuse(Answer.Reason.FORBIDDEN);
    }
    if (request.home().equals(request.focus())) {
      return attach(request, Role.OWN, true);
    }
    return switch (agreement) {
      case Agreement.None none -> restricted(request, access);
      case Agreement.Peered peered -> peered(request, peered);
    };
  }

  private static Answer peered(Request request, Agreement.Peered peered) {
    boolean legacy = request.endpoint().isLegacy();
    boolean allowed = legacy ? peered.guestPublish() : peered.view();
    if (!allowed || !peered.connected()) {
      return direct(request, peered);
    }
    return new Answer.AskHome(request.home(), legacy ? Role.GUEST : Role.VIEW);
  }

  /** What the asked focus does when the home site did not attach the member. */
  public static Answer withoutHome(Request request, Agreement.Peered peered, HomeVerdict verdict) {
    return switch (verdict) {
      case UNAUTHORIZED -> new Answer.Refuse(Answer.Reason.UNAUTHORIZED);
      case FORBIDDEN -> new Answer.Refuse(Answer.Reason.FORBIDDEN);
      case NO_DELEGATION -> new Answer.Refuse(Answer.Reason.NO_DELEGATION);
      case UNAVAILABLE, AWAY -> direct(request, peered);
    };
  }

  /**
   * Never worse than without Weir: the focus attaches the user itself. A leave that only the home
   * site could keep is not accepted with it.
   */
  private static Answer direct(Request request, Agreement.Peered peered) {
    if (request.delegates()) {
      return new Answer.Refuse(Answer.Reason.NO_DELEGATION);
    }
    if (!request.endpoint().isLegacy()) {
      return attach(request, Role.DIRECT, false);
    }
    return peered.guestPublish()
        ? attach(request, Role.DIRECT, true)
        : new Answer.Refuse(Answer.Reason.TRY_LATER);
  }

  private static Answer restricted(Request request, AccessPolicy access) {
    if (!access.restrictedSubscribe() && !access.unpeeredPublish()) {
      return new Answer.Refuse(Answer.Reason.FORBIDDEN);
    }
    if (request.delegates()) {
      return new Answer.Refuse(Answer.Reason.NO_DELEGATION);
    }
    return attach(request, Role.RESTRICTED, access.unpeeredPublish());
  }

  private static Answer attach(Request request, Role role, boolean mayPublish) {
    String identity = Identities.of(request.member(), request.endpoint().scheme(), role);
    return new Answer.Attach(new Ticket(role, Room.home(request.focus()), identity, mayPublish));
  }

  /** What the home site answers to an Admit of a focus whose claim it has verified. */
  public static HomeAnswer atHome(
      Request request, Role role, boolean agreed, boolean slotClosed, boolean mediaCanBeBrought) {
    if (!agreed || slotClosed || request.focus().equals(request.home())) {
      return new HomeAnswer.Refused(HomeVerdict.FORBIDDEN);
    }
    if (!mediaCanBeBrought) {
      return new HomeAnswer.Refused(HomeVerdict.UNAVAILABLE);
    }
    String identity = Identities.of(request.member(), request.endpoint().scheme(), role);
    return switch (role) {
      case VIEW ->
          new HomeAnswer.Annex(new Ticket(role, Room.view(request.focus()), identity, false));
      case GUEST ->
          new HomeAnswer.Annex(new Ticket(role, Room.guest(request.focus()), identity, true));
      case OWN, DIRECT, RESTRICTED -> new HomeAnswer.Refused(HomeVerdict.FORBIDDEN);
    };
  }
}
