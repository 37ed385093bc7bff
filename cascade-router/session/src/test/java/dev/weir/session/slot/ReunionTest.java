package dev.weir.session.slot;

import static dev.weir.session.slot.Fixture.A;
import static dev.weir.session.slot.Fixture.B;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Site;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Two halves of a cut cluster, each of which has heard a part of what happened. */
class ReunionTest {
  private final Fixture one = Fixture.connectedTo(B);

  private Fixture half(String replica) {
    Fixture half = new Fixture();
    half.policy = SlotPolicy.defaults(replica, dev.weir.session.view.SiteDirectory.BY_NAME);
    half.state = one.state;
    half.now = one.now;
    return half;
  }

  @Test
  void whoJoinedOnEitherSideIsThere() {
    one.join("alice:a", Role.OWN, Room.home(A));
    Fixture left = half("r1");
    Fixture right = half("r2");
    left.now = left.now.plusSeconds(1);
    right.now = right.now.plusSeconds(2);
    left.join("anna:a", Role.OWN, Room.home(A), "n1");
    right.join("abel:a", Role.OWN, Room.home(A), "n2");
    SlotState both = Reunion.of(left.state, right.state);
    assertThat(both.attachments()).hasSize(3);
    assertThat(both.view().live()).hasSize(3);
    assertThat(both.view().live()).noneMatch(held -> held.record().left());
  }

  @Test
  void theHigherVersionOfARecordWins() {
    var alice = one.join("alice:a", Role.OWN, Room.home(A));
    Fixture left = half("r1");
    Fixture right = half("r2");
    left.publish(alice, true);
    right.publish(alice, true);
    right.publish(alice, false);
    SlotState both = Reunion.of(left.state, right.state);
    assertThat(both.view().own(alice.client()).orElseThrow())
        .isEqualTo(right.own("alice:a").orElseThrow());
    assertThat(both.last()).isEqualTo(right.state.last());
  }

  @Test
  void aNewEpochAfterwardsSaysWhatTheAttachmentsSay() {
    var alice = one.join("alice:a", Role.OWN, Room.home(A));
    Fixture left = half("r1");
    Fixture right = half("r2");
    // The left half was told by mistake that she has gone.
    left.leave(alice);
    right.publish(alice, true);
    Fixture healed = half("r1");
    healed.state = Reunion.of(left.state, right.state);
    healed.on(new SlotEvent.NewEpoch(1_000));
    var record = healed.own("alice:a").orElseThrow();
    assertThat(record.left()).isFalse();
    assertThat(record.publishes()).isTrue();
    assertThat(record.version().epoch()).isGreaterThanOrEqualTo(1_000);
    assertThat(record.version().isAbove(left.state.last())).isTrue();
    assertThat(record.version().isAbove(right.state.last())).isTrue();
  }

  @Test
  void aReloadOnOneSideReplacesTheOlderGeneration() {
    one.join("alice:a", Role.OWN, Room.home(A));
    Fixture left = half("r1");
    Fixture right = half("r2");
    right.now = right.now.plusSeconds(5);
    var reloaded = right.join("alice:a", Role.OWN, Room.home(A));
    assertThat(Reunion.of(left.state, right.state).attachments())
        .containsEntry(reloaded.key(), reloaded);
  }

  @Test
  void orderAndRepetitionDoNotMatter() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      Fixture base = Fixture.connectedTo(B);
      // Whatever two halves hear, a version of a peer's record says one thing.
      Fixture peer = new Fixture();
      List<Fixture> halves = List.of(new Fixture(), new Fixture(), new Fixture());
      for (int i = 0; i < halves.size(); i++) {
        Fixture half = halves.get(i);
        half.policy = SlotPolicy.defaults("r" + i, dev.weir.session.view.SiteDirectory.BY_NAME);
        half.state = base.state;
        for (int step = 0; step < 12; step++) {
          anything(half, peer, random);
        }
      }
      SlotState a = halves.get(0).state;
      SlotState b = halves.get(1).state;
      SlotState c = halves.get(2).state;
      SlotState ab = Reunion.of(a, b);
      assertThat(ab).as("seed %d", seed).isEqualTo(Reunion.of(b, a));
      assertThat(Reunion.of(ab, b)).as("seed %d", seed).isEqualTo(ab);
      assertThat(Reunion.of(a, a)).as("seed %d", seed).isEqualTo(a);
      assertThat(Reunion.of(ab, c).view().content())
          .as("seed %d", seed)
          .isEqualTo(Reunion.of(a, Reunion.of(b, c)).view().content());
    }
  }

  private static void anything(Fixture half, Fixture peer, Random random) {
    String who = List.of("alice:a", "anna:a", "abel:a").get(random.nextInt(3));
    half.now = half.now.plus(Duration.ofMillis(random.nextInt(3_000)));
    switch (random.nextInt(7)) {
      case 0 -> half.join(who, Role.OWN, Room.home(A), random.nextBoolean() ? "n1" : "n2");
      case 1 -> half.join(who, Role.VIEW, Room.view(B));
      case 2 ->
          half.state.attachments().values().stream()
              .sorted(java.util.Comparator.comparing(a -> a.key()))
              .findFirst()
              .ifPresent(half::leave);
      case 3 ->
          half.state.attachments().values().stream()
              .sorted(java.util.Comparator.comparing(a -> a.key()))
              .findFirst()
              .ifPresent(attachment -> half.publish(attachment, random.nextBoolean()));
      case 4 -> half.hear(peer.foreign("bob:b", B, random.nextBoolean(), random.nextBoolean()));
      case 5 ->
          half.on(
              new SlotEvent.Moving(
                  new RoomMove(
                      Room.home(A),
                      random.nextBoolean() ? "n1" : "n2",
                      "n3",
                      random.nextBoolean())));
      default -> half.on(new SlotEvent.PeersConnected(Set.of(Site.of("b"), Site.of("c"))));
    }
  }
}
