package dev.weir.service.legs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.relay.LeaseGate;
import dev.weir.service.peering.MemoryBook;
import dev.weir.session.Attachment;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.Spot;
import dev.weir.session.lease.SpotLeases.Upgrading;
import dev.weir.session.slot.SlotEvent;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a relay may bring somebody to a node at which that person is, was, or is about to be. */
class RelayLeasesTest {
  private static final Site A = Site.of("a.test");
  private static final SlotId CALL = SlotId.ofRoomCall("!call:a.test");
  private static final Room ROOM = Room.home(A);
  private static final String NODE = "default/main/n1";
  private static final String ALICE = "@alice:a.test:AAA";
  private static final Attachment.Key SEAT = new Attachment.Key(NODE, ROOM, ALICE);

  private static final LeaseStore.Key SPOT = new LeaseStore.Key(A, CALL, Spot.of(A, NODE, ROOM));

  private Instant now = Instant.now();
  private final InstantSource clock = () -> now;
  private final MemoryBook book = new MemoryBook(clock);
  private final RelayLeases leases =
      new RelayLeases(LeaseStore.inMemory(), book, clock, Runnable::run);

  @BeforeEach
  void nobodyIsThere() {
    assertThat(mayBeBrought()).isTrue();
  }

  @Test
  void whoIsOnTheWayInIsNotBrought() {
    Upgrading way = arrives();
    assertThat(mayBeBrought()).isFalse();

    leases.upgraded(SPOT, way);
    assertThat(mayBeBrought()).as("the join came to nothing").isTrue();
  }

  @Test
  void whoIsThereIsNotBroughtWhenTheWayInIsOver() {
    Upgrading way = arrives();
    joined("PA_1");
    leases.upgraded(SPOT, way);
    assertThat(mayBeBrought()).isFalse();

    left("PA_1");
    assertThat(mayBeBrought()).isTrue();
  }

  @Test
  void theEndOfTheConnectionBeforeIsNotTheEndOfTheWayIn() {
    Upgrading before = arrives();
    joined("PA_1");
    // The same person loads the page again.
    Upgrading again = arrives();
    leases.upgraded(SPOT, before);
    left("PA_1");
    assertThat(mayBeBrought()).isFalse();

    leases.upgraded(SPOT, again);
    assertThat(mayBeBrought()).isTrue();
  }

  private Upgrading arrives() {
    now = now.plusMillis(1);
    Upgrading way = Upgrading.beginning(ALICE, now);
    assertThat(leases.upgrade(SPOT, way).toCompletableFuture()).isCompleted();
    return way;
  }

  private void joined(String session) {
    book.apply(
        A,
        CALL,
        new SlotEvent.Joined(
            new Attachment(
                SEAT,
                session,
                Member.legacy("@alice:a.test", "AAA"),
                Role.OWN,
                false,
                Instant.now())));
  }

  private void left(String session) {
    book.apply(A, CALL, new SlotEvent.Left(SEAT, session));
  }

  private boolean mayBeBrought() {
    Optional<LeaseGate.Lease> lease =
        leases.gate(SPOT, "a leg", 1).acquire(ALICE, () -> {}).toCompletableFuture().join();
    lease.ifPresent(LeaseGate.Lease::release);
    return lease.isPresent();
  }
}
