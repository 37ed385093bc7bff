package dev.weir.service.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.service.gate.RoomKey;
import dev.weir.service.gate.RoomPlaces.Placed;
import dev.weir.service.peering.PullIdentity;
import dev.weir.service.slots.TestRouter;
import dev.weir.session.Attachment;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.name.Identities;
import dev.weir.session.name.RoomNames;
import dev.weir.session.name.Scheme;
import dev.weir.session.placement.NodeReport.State;
import dev.weir.session.placement.Part;
import dev.weir.session.placement.Placement;
import dev.weir.session.slot.SlotEvent;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A room that outgrows its node, as the gate sees it. */
class GatePlacesTest {
  private static final SlotId CALL = SlotId.ofRoomCall("!call:a.test");
  private static final SlotId OTHER = SlotId.ofRoomCall("!other:a.test");
  private static final Room HOME = Room.home(TestRouter.A);
  private static final RoomKey ROOM = new RoomKey("a.test", RoomNames.of(CALL, HOME));
  private static final String N1 = "default/main/n1";
  private static final String N2 = "default/main/n2";

  @TempDir Path data;
  private TestRouter router;
  private GatePlaces places;
  private Placed first;

  @BeforeEach
  void start() {
    URI nowhere = URI.create("ws://127.0.0.1:9");
    router =
        new TestRouter(
            data, List.of(TestRouter.node("n1", nowhere), TestRouter.node("n2", nowhere)), 3);
    router.reports(N1, State.SERVING, 0);
    router.reports(N2, State.SERVING, 0);
    places = new GatePlaces(router.rooms, router.slots);
    assertThat(router.rooms.place(TestRouter.A, CALL, HOME, "@u:a.example:D")).isPresent();
    await().until(() -> places.current(ROOM).isPresent());
    first = places.current(ROOM).orElseThrow();
    assertThat(first.node()).isEqualTo(N1);
  }

  @AfterEach
  void stop() {
    router.close();
  }

  @Test
  void everybodyGoesToOnePlaceWhileThereIsSpace() {
    assertThat(places.placeOf(ROOM, "anybody")).isEqualTo(first);
    assertThat(places.isOver(ROOM, first)).isFalse();
  }

  @Test
  void joinersOfAFullRoomGoToASecondPlaceAndThoseWhoAreThereStay() {
    Member alice = Member.legacy("@alice:a.test", "D");
    String identity = Identities.of(alice, Scheme.USER_DEVICE);
    router.slots.apply(
        TestRouter.A,
        CALL,
        new SlotEvent.Joined(
            new Attachment(
                new Attachment.Key(N1, HOME, identity),
                "PA_1",
                alice,
                Role.OWN,
                true,
                router.now())));
    router.reports(N1, State.SERVING, 3);
    Placed second = places.placeOf(ROOM, "joiner");
    assertThat(second.node()).isEqualTo(N2);
    assertThat(places.isOver(ROOM, second)).isFalse();
    assertThat(places.isOver(ROOM, first)).isFalse();
    assertThat(places.current(ROOM)).contains(first);
    assertThat(places.placeOf(ROOM, identity)).as("alice comes back").isEqualTo(first);
    assertThat(places.at(ROOM, N2)).contains(second);
  }

  @Test
  void aNodeThatIsEmptiedTakesNoJoinersAndItsPartJoinsTheOther() {
    router.reports(N1, State.DRAINING, 1);
    Placed second = places.placeOf(ROOM, "joiner");
    assertThat(second.node()).isEqualTo(N2);
    assertThat(places.target(ROOM, Set.of(N1))).contains(N2);
    Placed merged = places.switchTo(ROOM, first.epoch(), N2).orElseThrow();
    assertThat(merged.node()).isEqualTo(N2);
    await().until(() -> places.isOver(ROOM, first));
    assertThat(places.current(ROOM)).contains(merged);
    assertThat(places.switchTo(ROOM, first.epoch(), N1)).as("it has moved already").isEmpty();
  }

  @Test
  void aHalfThatHasFoundTheOthersPlaceTellsItsOwnWhenTheRoomIsThereOnly() {
    var key = GateWords.router(ROOM);
    Placement there = Placement.NOWHERE.with("default/main/n0", Part.Purpose.MAIN);
    router.rooms.found(key, CALL, HOME, "default/main/n0");
    router.reunited(key, there);
    await().until(() -> places.current(ROOM).map(Placed::node).stream().noneMatch(N1::equals));
    assertThat(places.isOver(ROOM, first)).isFalse();
    List<Boolean> told = new CopyOnWriteArrayList<>();
    places.onChange(room -> told.add(places.isOver(room, first)));
    router.rooms.leaving(key, N1);
    await().until(() -> told.contains(true));
  }

  @Test
  void whoPullsGoesWhereThePeopleAreThoughThatNodeIsBeingEmptied() {
    router.reports(N1, State.DRAINING, 1);
    for (String pull : PullIdentity.of(Site.of("b.test"))) {
      assertThat(places.placeOf(ROOM, pull)).isEqualTo(first);
    }
    router.reports(N1, State.SERVING, 3);
    assertThat(places.placeOf(ROOM, PullIdentity.of(Site.of("b.test")).getFirst()))
        .as("full")
        .isEqualTo(first);
    assertThat(places.at(ROOM, N2)).as("no place is made for it").isEmpty();
  }

  @Test
  void aRoomOfACallGoesToTheRegionWhereTheCallIs() {
    Site focus = Site.of("b.test");
    Room annex = Room.view(focus);
    try (TestRouter wide = TestRouter.acrossRegions(data, List.of("east", "west"))) {
      wide.reports("default/east/n", State.SERVING, 0);
      wide.reports("default/west/n", State.SERVING, 90);
      Member alice = Member.legacy("@alice:a.test", "D");
      wide.slots.apply(
          TestRouter.A,
          CALL,
          new SlotEvent.Joined(
              new Attachment(
                  new Attachment.Key("default/west/n", Room.guest(focus), "@alice:a.test:D"),
                  "PA_1",
                  alice,
                  Role.GUEST,
                  true,
                  wide.now())));
      assertThat(wide.rooms.place(TestRouter.A, CALL, annex, "joiner").map(Part::node))
          .contains("default/west/n");
      assertThat(wide.rooms.place(TestRouter.A, OTHER, annex, "joiner").map(Part::node))
          .as("of a call that begins nothing is known")
          .contains("default/east/n");
    }
  }

  @Test
  void aFullSiteStillTakesWhoeverHasAToken() {
    router.reports(N1, State.SERVING, 3);
    router.reports(N2, State.SERVING, 3);
    assertThat(places.placeOf(ROOM, "joiner")).isEqualTo(first);
  }
}
