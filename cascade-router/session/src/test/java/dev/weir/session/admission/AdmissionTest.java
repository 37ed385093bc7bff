package dev.weir.session.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.name.Identities;
import dev.weir.session.name.Scheme;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AdmissionTest {
  private static final Site A = Site.of("a");
  private static final Site B = Site.of("b");
  private static final Member BOB = new Member("@bob:b", "BBB", "id");
  private static final Agreement.Peered PEERED = new Agreement.Peered(true, true, true);
  private static final Agreement NONE = new Agreement.None();

  @ParameterizedTest
  @EnumSource(Endpoint.class)
  void theOwnFocusAttachesInItsHomeRoomByTheSchemeOfTheRequest(Endpoint endpoint) {
    Request request = request(endpoint, B, true);
    String identity = Identities.of(BOB, endpoint.scheme());
    assertThat(Admission.first(request, NONE, AccessPolicy.DEFAULT, false))
        .isEqualTo(attach(Role.OWN, Room.home(B), identity, true));
  }

  @Test
  void aForeignPeerAsksTheHomeSite() {
    assertThat(first(Endpoint.SFU_GET, PEERED)).isEqualTo(new Answer.AskHome(B, Role.GUEST));
    assertThat(first(Endpoint.GET_TOKEN, PEERED)).isEqualTo(new Answer.AskHome(B, Role.VIEW));
    assertThat(first(Endpoint.GET_TOKEN_BY_MEMBER, PEERED))
        .isEqualTo(new Answer.AskHome(B, Role.VIEW));
  }

  @Test
  void theHomeSiteAttachesInAnAnnexOfTheAskingFocus() {
    String hash = Identities.of(BOB, Scheme.THREE_TUPLE);
    assertThat(atHome(Endpoint.GET_TOKEN, Role.VIEW, true, false, true))
        .isEqualTo(
            new HomeAnswer.Annex(new Ticket(Role.VIEW, Room.view(A), "view:" + hash, false)));
    assertThat(atHome(Endpoint.SFU_GET, Role.GUEST, true, false, true))
        .isEqualTo(new HomeAnswer.Annex(new Ticket(Role.GUEST, Room.guest(A), "@bob:b:BBB", true)));
  }

  @Test
  void theHomeSiteRefusesWhatItDoesNotAgreeToOrCannotBring() {
    HomeAnswer forbidden = new HomeAnswer.Refused(HomeVerdict.FORBIDDEN);
    assertThat(atHome(Endpoint.GET_TOKEN, Role.VIEW, false, false, true)).isEqualTo(forbidden);
    assertThat(atHome(Endpoint.GET_TOKEN, Role.VIEW, true, true, true)).isEqualTo(forbidden);
    assertThat(atHome(Endpoint.GET_TOKEN, Role.VIEW, true, false, false))
        .isEqualTo(new HomeAnswer.Refused(HomeVerdict.UNAVAILABLE));
    for (Role role : new Role[] {Role.OWN, Role.DIRECT, Role.RESTRICTED}) {
      assertThat(atHome(Endpoint.GET_TOKEN, role, true, false, true)).isEqualTo(forbidden);
    }
    assertThat(
            Admission.atHome(request(Endpoint.GET_TOKEN, B, false), Role.VIEW, true, false, true))
        .isEqualTo(forbidden);
  }

  @Test
  void whenTheHomeSiteCannotTheFocusIsNeverWorseThanWithoutWeir() {
    String hash = Identities.of(BOB, Scheme.THREE_TUPLE);
    Answer watch = attach(Role.DIRECT, Room.home(A), hash, false);
    Answer publish = attach(Role.DIRECT, Room.home(A), "@bob:b:BBB", true);
    for (HomeVerdict verdict : new HomeVerdict[] {HomeVerdict.AWAY, HomeVerdict.UNAVAILABLE}) {
      assertThat(withoutHome(Endpoint.GET_TOKEN, PEERED, verdict, false)).isEqualTo(watch);
      assertThat(withoutHome(Endpoint.SFU_GET, PEERED, verdict, false)).isEqualTo(publish);
    }
    Agreement.Peered away = new Agreement.Peered(false, true, true);
    assertThat(first(Endpoint.GET_TOKEN, away)).isEqualTo(watch);
    assertThat(first(Endpoint.SFU_GET, away)).isEqualTo(publish);
    Agreement.Peered noView = new Agreement.Peered(true, false, true);
    assertThat(first(Endpoint.GET_TOKEN, noView)).isEqualTo(watch);
  }

  @Test
  void aPeerWhoseGuestsMayNotPublishIsAskedToComeBack() {
    Agreement.Peered noGuests = new Agreement.Peered(true, true, false);
    assertThat(first(Endpoint.SFU_GET, noGuests)).isEqualTo(refuse(Answer.Reason.TRY_LATER));
    assertThat(withoutHome(Endpoint.SFU_GET, noGuests, HomeVerdict.AWAY, false))
        .isEqualTo(refuse(Answer.Reason.TRY_LATER));
  }

  @Test
  void aDelayedLeaveThatOnlyTheHomeSiteCouldKeepIsNotAcceptedDirectly() {
    assertThat(withoutHome(Endpoint.SFU_GET, PEERED, HomeVerdict.AWAY, true))
        .isEqualTo(refuse(Answer.Reason.NO_DELEGATION));
    assertThat(withoutHome(Endpoint.SFU_GET, PEERED, HomeVerdict.NO_DELEGATION, true))
        .isEqualTo(refuse(Answer.Reason.NO_DELEGATION));
    assertThat(
            Admission.first(request(Endpoint.SFU_GET, A, true), NONE, AccessPolicy.DEFAULT, false))
        .isEqualTo(refuse(Answer.Reason.NO_DELEGATION));
  }

  @Test
  void whatTheHomeSiteRefusesStaysRefused() {
    assertThat(withoutHome(Endpoint.GET_TOKEN, PEERED, HomeVerdict.UNAUTHORIZED, false))
        .isEqualTo(refuse(Answer.Reason.UNAUTHORIZED));
    assertThat(withoutHome(Endpoint.GET_TOKEN, PEERED, HomeVerdict.FORBIDDEN, false))
        .isEqualTo(refuse(Answer.Reason.FORBIDDEN));
  }

  @Test
  void aStrangerWatchesOrStaysOutByPolicy() {
    assertThat(first(Endpoint.SFU_GET, NONE))
        .isEqualTo(attach(Role.RESTRICTED, Room.home(A), "@bob:b:BBB", false));
    assertThat(stranger(new AccessPolicy(false, false))).isEqualTo(refuse(Answer.Reason.FORBIDDEN));
    assertThat(stranger(new AccessPolicy(false, true)))
        .isEqualTo(attach(Role.RESTRICTED, Room.home(A), "@bob:b:BBB", true));
  }

  @Test
  void aClosedSlotTakesNobodyNew() {
    assertThat(
            Admission.first(request(Endpoint.SFU_GET, B, false), NONE, AccessPolicy.DEFAULT, true))
        .isEqualTo(refuse(Answer.Reason.FORBIDDEN));
  }

  private static Answer stranger(AccessPolicy access) {
    return Admission.first(request(Endpoint.SFU_GET, A, false), NONE, access, false);
  }

  private static Answer first(Endpoint endpoint, Agreement agreement) {
    return Admission.first(request(endpoint, A, false), agreement, AccessPolicy.DEFAULT, false);
  }

  private static Answer withoutHome(
      Endpoint endpoint, Agreement.Peered peered, HomeVerdict verdict, boolean delegates) {
    return Admission.withoutHome(request(endpoint, A, delegates), peered, verdict);
  }

  private static HomeAnswer atHome(
      Endpoint endpoint, Role role, boolean agreed, boolean closed, boolean media) {
    return Admission.atHome(request(endpoint, A, false), role, agreed, closed, media);
  }

  private static Request request(Endpoint endpoint, Site focus, boolean delegates) {
    return new Request(endpoint, SlotId.ofRoomCall("!r:a"), BOB, focus, B, delegates);
  }

  private static Answer attach(Role role, Room room, String identity, boolean mayPublish) {
    return new Answer.Attach(new Ticket(role, room, identity, mayPublish));
  }

  private static Answer refuse(Answer.Reason reason) {
    return new Answer.Refuse(reason);
  }
}
