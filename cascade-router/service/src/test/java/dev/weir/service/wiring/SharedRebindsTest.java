package dev.weir.service.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.service.gate.Rebinds.Elsewhere;
import dev.weir.service.gate.RoomKey;
import dev.weir.service.net.AddressGuard;
import dev.weir.service.net.Dns;
import dev.weir.service.peering.FocusCalls;
import dev.weir.service.slots.Expected;
import dev.weir.service.slots.Rooms;
import dev.weir.service.slots.TestRouter;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.name.Identities;
import dev.weir.session.name.RoomNames;
import dev.weir.session.name.Scheme;
import dev.weir.session.placement.NodeReport.State;
import dev.weir.session.slot.SlotEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** bob@a watches focus b in a's annex; what the slots say reaches the gate, and its questions b. */
class SharedRebindsTest {
  private static final Site A = TestRouter.A;
  private static final Site B = Site.of("b.test");
  private static final SlotId CALL = SlotId.ofRoomCall("!call:a.test");
  private static final Room ANNEX = Room.view(B);
  private static final RoomKey ROOM = new RoomKey("a.test", RoomNames.of(CALL, ANNEX));
  private static final Member BOB = Member.legacy("@bob:a.test", "BBB");
  private static final String IDENTITY = Identities.of(BOB, Scheme.THREE_TUPLE, Role.VIEW);

  @TempDir Path data;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<RoomKey> told = new CopyOnWriteArrayList<>();
  private Optional<FocusCalls.TakenIn> focusSays =
      Optional.of(new FocusCalls.TakenIn("wss://gate.b.test/sfu", "minted"));
  private TestRouter router;
  private AnnexClients clients;
  private SharedRebinds rebinds;

  @BeforeEach
  void start() {
    router = new TestRouter(data, List.of(TestRouter.node("n1", URI.create("ws://127.0.0.1:9"))));
    router.reports("default/main/n1", State.SERVING, 0);
    assertThat(router.rooms.place(A, CALL, ANNEX, IDENTITY)).isPresent();
    var unused =
        router.expectations.expect(
            Rooms.key(A, CALL, ANNEX), IDENTITY, new Expected(BOB, Role.VIEW));
    clients = new AnnexClients(router.rooms, router.slots, router.expectations);
    var desk =
        new TakenIn(
            router.hazelcast,
            clients,
            (home, focus, slot, member, role, identity) -> {
              asked.add(home + " for " + member.user() + " as " + role + " at " + focus);
              return focusSays;
            },
            router.replica);
    assertThat(desk).isNotNull();
    rebinds = gate("203.0.113.0/24");
    rebinds.onChange(told::add);
  }

  private SharedRebinds gate(String allowed) {
    return new SharedRebinds(
        router.hazelcast,
        router.configuration,
        router.slots,
        new TwoAddresses(),
        AddressGuard.allowing(allowed));
  }

  /** The focus' gate has an inner address and an outer one. */
  private static final class TwoAddresses implements Dns {
    @Override
    public List<InetAddress> addresses(String host) throws UnknownHostException {
      if (!host.equals("gate.b.test")) {
        throw new UnknownHostException(host);
      }
      return List.of(InetAddress.getByName("10.1.1.1"), InetAddress.getByName("203.0.113.7"));
    }

    @Override
    public List<Service> services(String name) {
      return List.of();
    }
  }

  @AfterEach
  void stop() {
    router.close();
  }

  private void tell(SlotEvent event) {
    router.slots.apply(A, CALL, event);
  }

  @Test
  void whatTheSlotSaysIsToldOnce() {
    assertThat(rebinds.elsewhere(ROOM)).isFalse();
    tell(new SlotEvent.SentElsewhere(ANNEX, "default/main/n1"));
    await().until(() -> rebinds.elsewhere(ROOM));
    assertThat(rebinds.rooms()).containsExactly(ROOM);
    tell(new SlotEvent.BoundElsewhere(ANNEX, BOB.client(), true));
    tell(new SlotEvent.CalledBack(ANNEX));
    await().until(() -> !rebinds.elsewhere(ROOM));
    await().untilAsserted(() -> assertThat(told).containsExactly(ROOM, ROOM));
  }

  @Test
  void aGateThatComesLaterKnowsIt() {
    tell(new SlotEvent.SentElsewhere(ANNEX, "default/main/n1"));
    await().until(() -> rebinds.elsewhere(ROOM));
    assertThat(gate("203.0.113.0/24").elsewhere(ROOM)).isTrue();
  }

  @Test
  void theFocusIsAskedOnceForWhoeverIsToldToGoAndComes() throws IOException {
    Elsewhere expected =
        new Elsewhere(
            "b.test",
            URI.create("wss://gate.b.test/sfu"),
            InetAddress.getByName("203.0.113.7"),
            "minted");
    assertThat(rebinds.of(ROOM, IDENTITY)).contains(expected);
    assertThat(gate("203.0.113.0/24").of(ROOM, IDENTITY)).as("another gate").contains(expected);
    assertThat(asked).containsExactly("a.test for @bob:a.test as VIEW at b.test");
  }

  @Test
  void aFocusThatNamesAnAddressThatIsNotAllowedIsNotDialled() {
    assertThat(gate("192.0.2.0/24").of(ROOM, IDENTITY)).isEmpty();
  }

  @Test
  void aFocusThatNamesNoWebSocketIsNotDialled() {
    focusSays = Optional.of(new FocusCalls.TakenIn("file:///etc/passwd", "minted"));
    assertThat(rebinds.of(ROOM, IDENTITY)).isEmpty();
  }

  @Test
  void aNoIsAskedAgainAfterAMoment() {
    focusSays = Optional.empty();
    assertThat(rebinds.of(ROOM, IDENTITY)).isEmpty();
    focusSays = Optional.of(new FocusCalls.TakenIn("wss://gate.b.test", "minted"));
    await().until(() -> rebinds.of(ROOM, IDENTITY).isPresent());
  }

  @Test
  void nobodyIsAskedForWhomWeHaveGivenNoToken() {
    assertThat(rebinds.of(ROOM, "view:stranger")).isEmpty();
    assertThat(asked).isEmpty();
  }

  @Test
  void whoIsBoundToTheFocusIsKnownToTheSlot() {
    tell(new SlotEvent.SentElsewhere(ANNEX, "default/main/n1"));
    MovesInSlots witness = new MovesInSlots(router.rooms, router.slots, clients);
    witness.bound(ROOM, IDENTITY, true);
    await()
        .untilAsserted(
            () ->
                assertThat(router.slots.find(A, CALL).orElseThrow().elsewhere())
                    .singleElement()
                    .matches(annex -> annex.clients().contains(BOB.client())));
  }
}
