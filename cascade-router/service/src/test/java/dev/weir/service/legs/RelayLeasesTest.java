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

  private final InstantSource clock = InstantSource.system();
  private final MemoryBook book = new MemoryBook(clock);
  private final RelayLeases leases =
      new RelayLeases(LeaseStore.inMemory(), book, clock, Runnable::run);

  @BeforeEach
  void nobodyIsThere() {
    assertThat(mayBeBrought()).isTrue();
  }

  @Test
  void whoIsOnTheWayInIsNotBrought() {
    arrives();
    assertThat(mayBeBrought()).isFalse();

    leases.upgraded(A, CALL, NODE, ROOM, ALICE);
    assertThat(mayBeBrought()).as("the join came to nothing").isTrue();
  }

  @Test
  void whoCameAndWentOnToAnotherNodeIsBroughtAtOnce() {
    arrives();
    joined("PA_1");
    assertThat(mayBeBrought()).isFalse();

    left("PA_1");
    assertThat(mayBeBrought()).isTrue();
  }

  @Test
  void theEndOfTheSessionBeforeIsNotTheEndOfTheWayIn() {
    arrives();
    joined("PA_1");
    // The same person loads the page again.
    arrives();
    book.apply(A, CALL, new SlotEvent.Publishes(SEAT, "PA_1", true));
    left("PA_1");
    assertThat(mayBeBrought()).isFalse();

    joined("PA_2");
    left("PA_2");
    assertThat(mayBeBrought()).isTrue();
  }

  private void arrives() {
    assertThat(leases.upgrade(A, CALL, NODE, ROOM, ALICE).toCompletableFuture()).isCompleted();
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
    LeaseStore.Key key = new LeaseStore.Key(A, CALL, Spot.of(A, NODE, ROOM));
    Optional<LeaseGate.Lease> lease =
        leases.gate(key, "a leg", 1).acquire(ALICE, () -> {}).toCompletableFuture().join();
    lease.ifPresent(LeaseGate.Lease::release);
    return lease.isPresent();
  }
}
