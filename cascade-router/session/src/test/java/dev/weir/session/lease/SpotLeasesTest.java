package dev.weir.session.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.session.lease.SpotLeases.Upgrading;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SpotLeasesTest {
  private static final Instant NOW = Instant.parse("2026-11-21T04:00:00Z");
  private static final String BOB = "@bob:b:BBB";
  private static final Upgrading COMING = Upgrading.beginning(BOB, NOW);

  @Test
  void aRelayGetsTheLeaseOfAnIdentityThatIsNowhereNative() {
    SpotLeases.Granted granted = request(SpotLeases.NONE, "r1", 1, Set.of(), false);
    assertThat(granted.granted()).isTrue();
    assertThat(granted.leases().isHeldBy(BOB, "r1", 1)).isTrue();
    assertThat(granted.leases().isHeldBy(BOB, "r1", 2)).isFalse();
    assertThat(granted.leases().isHeldBy(BOB, "r2", 1)).isFalse();
    assertThat(granted.leases().isHeldBy("other", "r1", 1)).isFalse();
  }

  @Test
  void noLeaseWhileTheIdentityIsNativeComingOrMoving() {
    assertThat(request(SpotLeases.NONE, "r1", 1, Set.of(BOB), false).granted()).isFalse();
    assertThat(request(SpotLeases.NONE, "r1", 1, Set.of(), true).granted()).isFalse();
    SpotLeases upgrading = SpotLeases.NONE.upgrade(COMING, NOW).leases();
    assertThat(request(upgrading, "r1", 1, Set.of(), false).granted()).isFalse();
    assertThat(request(upgrading.upgraded(COMING), "r1", 1, Set.of(), false).granted()).isTrue();
    assertThat(request(upgrading, "r1", 1, Set.of("other"), false).granted()).isFalse();
  }

  @Test
  void anUpgradeThatNeverEndsIsForgotten() {
    SpotLeases upgrading = SpotLeases.NONE.upgrade(COMING, NOW).leases();
    Instant before = NOW.plus(SpotLeases.UPGRADE_LASTS).minusMillis(1);
    Instant after = NOW.plus(SpotLeases.UPGRADE_LASTS);
    assertThat(upgrading.request(BOB, "r1", 1, Set.of(), false, before).granted()).isFalse();
    assertThat(upgrading.request(BOB, "r1", 1, Set.of(), false, after).granted()).isTrue();
  }

  @Test
  void anUpgradeThatIsOverEndsNoOtherOfTheSameIdentity() {
    Upgrading again = Upgrading.beginning(BOB, NOW.plusMillis(5));
    SpotLeases both =
        SpotLeases.NONE.upgrade(COMING, NOW).leases().upgrade(again, NOW.plusMillis(5)).leases();
    for (Upgrading first : Set.of(COMING, again)) {
      SpotLeases one = both.upgraded(first);
      assertThat(request(one, "r1", 1, Set.of(), false).granted()).isFalse();
      SpotLeases none = one.upgraded(first == again ? COMING : again);
      assertThat(request(none, "r1", 1, Set.of(), false).granted()).isTrue();
    }
  }

  @Test
  void oneHolderAtATimeAndTheHigherFenceWins() {
    SpotLeases held = request(SpotLeases.NONE, "r1", 3, Set.of(), false).leases();
    assertThat(request(held, "r1", 3, Set.of(), false).granted()).isTrue();
    assertThat(request(held, "r1", 2, Set.of(), false).granted()).isFalse();
    assertThat(request(held, "r2", 3, Set.of(), false).granted()).isFalse();
    SpotLeases.Granted taken = request(held, "r2", 4, Set.of(), false);
    assertThat(taken.granted()).isTrue();
    assertThat(taken.leases().isHeldBy(BOB, "r1", 3)).isFalse();
  }

  @Test
  void aComingClientWaitsForTheRelayButNotForEver() {
    SpotLeases held = request(SpotLeases.NONE, "r1", 1, Set.of(), false).leases();
    SpotLeases.Upgrade first = held.upgrade(COMING, NOW);
    Instant latest = NOW.plusMillis(300);
    assertThat(first).isInstanceOf(SpotLeases.Upgrade.AfterRelay.class);
    SpotLeases.Upgrade.AfterRelay wait = (SpotLeases.Upgrade.AfterRelay) first;
    assertThat(wait.atLatest()).isEqualTo(latest);
    assertThat(wait.lease().holder()).isEqualTo("r1");
    assertThat(wait.leases().isHeldBy(BOB, "r1", 1)).isFalse();
    assertThat(wait.leases().upgrade(COMING, latest.minusMillis(1)))
        .isInstanceOf(SpotLeases.Upgrade.AfterRelay.class)
        .extracting(u -> ((SpotLeases.Upgrade.AfterRelay) u).atLatest())
        .isEqualTo(latest);
    assertThat(wait.leases().upgrade(COMING, latest))
        .isInstanceOf(SpotLeases.Upgrade.Proceed.class);
    SpotLeases released = wait.leases().release(BOB, "r1", 1);
    assertThat(released.upgrade(COMING, NOW.plusMillis(5)))
        .isInstanceOf(SpotLeases.Upgrade.Proceed.class);
  }

  @Test
  void aRevokedLeaseIsNotGivenBackBeforeTheRelayHasLeft() {
    SpotLeases held = request(SpotLeases.NONE, "r1", 1, Set.of(), false).leases();
    SpotLeases revoked = held.upgrade(COMING, NOW).leases().upgraded(COMING);
    assertThat(request(revoked, "r1", 1, Set.of(), false).granted()).isFalse();
    assertThat(request(revoked, "r2", 9, Set.of(), false).granted()).isFalse();
    assertThat(request(revoked.release(BOB, "r1", 1), "r2", 1, Set.of(), false).granted()).isTrue();
  }

  @Test
  void aLaterOwnerOfTheLegNeedsNoWordFromOneThatDied() {
    SpotLeases held = request(SpotLeases.NONE, "r1", 1, Set.of(), false).leases();
    SpotLeases revoked = held.upgrade(COMING, NOW).leases();
    assertThat(request(revoked, "r1", 2, Set.of(), false).granted())
        .as("the real user is still on the way in")
        .isFalse();
    assertThat(request(revoked.upgraded(COMING), "r1", 2, Set.of(BOB), false).granted()).isFalse();
    assertThat(request(revoked.upgraded(COMING), "r1", 2, Set.of(), false).granted()).isTrue();
  }

  @Test
  void afterASplitTheHigherFenceHoldsAndARevocationStands() {
    SpotLeases first = request(SpotLeases.NONE, "r1", 1, Set.of(), false).leases();
    SpotLeases later = request(SpotLeases.NONE, "r1", 2, Set.of(), false).leases();
    SpotLeases both = SpotLeases.reunited(first, later);
    assertThat(both).isEqualTo(SpotLeases.reunited(later, first));
    assertThat(both.isHeldBy(BOB, "r1", 2)).isTrue();
    SpotLeases revoked = later.upgrade(COMING, NOW).leases();
    SpotLeases withUpgrade = SpotLeases.reunited(later, revoked);
    assertThat(withUpgrade).isEqualTo(SpotLeases.reunited(revoked, later));
    assertThat(withUpgrade.isHeldBy(BOB, "r1", 2)).isFalse();
    assertThat(withUpgrade.upgrading()).containsExactly(COMING);
  }

  @Test
  void onlyTheHolderReleases() {
    SpotLeases held = request(SpotLeases.NONE, "r1", 2, Set.of(), false).leases();
    assertThat(held.release(BOB, "r2", 2)).isEqualTo(held);
    assertThat(held.release(BOB, "r1", 1)).isEqualTo(held);
    assertThat(held.release("other", "r1", 2)).isEqualTo(held);
    assertThat(held.release(BOB, "r1", 2).isEmpty()).isTrue();
    assertThat(held.release(BOB, "r1", 3).isEmpty()).isTrue();
    assertThat(held.isEmpty()).isFalse();
    assertThat(SpotLeases.NONE.upgrade(COMING, NOW).leases().isEmpty()).isFalse();
  }

  private static SpotLeases.Granted request(
      SpotLeases leases, String holder, long fence, Set<String> natives, boolean move) {
    return leases.request(BOB, holder, fence, natives, move, NOW);
  }
}
