package dev.weir.session.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weir.session.Member;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.Spot;
import dev.weir.session.name.Identities;
import dev.weir.session.name.Scheme;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SlotViewTest {
  private static final Site A = Site.of("a");
  private static final Site B = Site.of("b");
  private static final Site C = Site.of("c");
  private static final Instant NOW = Instant.parse("2026-11-21T04:00:00Z");
  private static final RecordLimits LIMITS = new RecordLimits(2, 2, 20);
  private final SlotView empty = SlotView.empty(SlotId.ofRoomCall("!r:a"), A);

  @Test
  void theHigherVersionWinsInAnyOrder() {
    MemberRecord old = record("@bob:b", B, 1);
    MemberRecord fresh = record("@bob:b", B, 2);
    SlotView one = take(take(empty, B, old), B, fresh);
    SlotView other = take(empty, B, fresh);
    assertThat(merge(other, B, old)).isInstanceOf(Merge.Old.class);
    assertThat(merge(other, B, fresh)).isInstanceOf(Merge.Old.class);
    assertThat(one.content()).isEqualTo(other.content());
  }

  @Test
  void versionsAreOrderedByEpochThenCounterThenReplica() {
    Version base = new Version(2, 5, "m");
    assertThat(new Version(3, 0, "a").isAbove(base)).isTrue();
    assertThat(new Version(1, 9, "z").isAbove(base)).isFalse();
    assertThat(new Version(2, 6, "a").isAbove(base)).isTrue();
    assertThat(new Version(2, 4, "z").isAbove(base)).isFalse();
    assertThat(new Version(2, 5, "n").isAbove(base)).isTrue();
    assertThat(base.isAbove(base)).isFalse();
    assertThat(base.next()).isEqualTo(new Version(2, 6, "m"));
    assertThat(base.next("q")).isEqualTo(new Version(2, 6, "q"));
  }

  @Test
  void aNewEpochIsAboveTheStoredOneTheSeenOneAndTheClock() {
    Instant clock = Instant.ofEpochMilli(1000);
    assertThat(Version.newEpoch(5, 7, clock, "r")).isEqualTo(new Version(1000, 0, "r"));
    assertThat(Version.newEpoch(5000, 7, clock, "r").epoch()).isEqualTo(5001);
    assertThat(Version.newEpoch(5, 7000, clock, "r").epoch()).isEqualTo(7001);
  }

  @Test
  void aSiteSpeaksForItsOwnUsersAndUnderTheirIdentitiesOnly() {
    assertThat(reason(C, record("@bob:b", B, 1))).contains(Merge.Reason.NOT_THE_WRITER);
    MemberRecord stolen = record("@carl:c", C, 1);
    MemberRecord claimed =
        new MemberRecord(
            stolen.member(), stolen.identities(), B, B, "", true, false, false, false, v(1));
    assertThat(reason(B, claimed)).contains(Merge.Reason.NOT_ITS_USER);
    MemberRecord renamed =
        new MemberRecord(
            member("@bob:b"), List.of("@alice:a:DEV"), B, B, "", true, false, false, false, v(1));
    assertThat(reason(B, renamed)).contains(Merge.Reason.FOREIGN_IDENTITY);
    assertThat(reason(B, record("@bob:b", B, 1))).isEmpty();
  }

  @Test
  void serverNamesThatArePinnedToAPeerBelongToIt() {
    SiteDirectory pinned = server -> Optional.of(server.equals("guests.b") ? B : Site.of(server));
    MemberRecord guest = record("@g:guests.b", B, 1);
    assertThat(empty.merge(B, guest, pinned, RecordLimits.DEFAULT, NOW))
        .isInstanceOf(Merge.Taken.class);
    assertThat(empty.merge(B, guest, SiteDirectory.BY_NAME, RecordLimits.DEFAULT, NOW))
        .isInstanceOf(Merge.Refused.class);
    assertThat(empty.merge(B, guest, server -> Optional.empty(), RecordLimits.DEFAULT, NOW))
        .isInstanceOf(Merge.Refused.class);
  }

  @Test
  void aFocusMayHostNeitherOurUsersNorItsOwn() {
    assertThat(reason(B, hosted("@alice:a", B))).contains(Merge.Reason.OUR_OWN_USER);
    assertThat(reason(B, hosted("@bob:b", B))).contains(Merge.Reason.NOT_ITS_USER);
    assertThat(reason(C, hosted("@zoe:z", B))).contains(Merge.Reason.NOT_THE_WRITER);
    assertThat(reason(B, hosted("@zoe:z", B))).isEmpty();
  }

  @Test
  void whatAPeerSaysIsBounded() {
    SlotView full = take(take(empty, B, record("@b1:b", B, 1)), B, record("@b2:b", B, 2));
    assertThat(merge(full, B, record("@b3:b", B, 3)))
        .isEqualTo(new Merge.Refused(full, Merge.Reason.TOO_MANY_RECORDS));
    assertThat(merge(full, B, record("@b2:b", B, 3))).isInstanceOf(Merge.Taken.class);
    assertThat(merge(full, C, record("@c:c", C, 1))).isInstanceOf(Merge.Taken.class);
    assertThat(reason(B, record("@" + "b".repeat(18) + ":b", B, 1)))
        .contains(Merge.Reason.TOO_LARGE);
    assertThat(reason(B, record("@" + "b".repeat(17) + ":b", B, 1))).isEmpty();
    MemberRecord good = record("@bob:b", B, 1);
    for (MemberRecord large :
        List.of(
            with(good, new Member("@bob:b", "D".repeat(21), ""), good.identities(), "", B),
            with(good, new Member("@bob:b", "D", "i".repeat(21)), List.of(), "", B),
            with(good, good.member(), good.identities(), "n".repeat(21), B),
            with(good, good.member(), good.identities(), "", Site.of("f".repeat(21))),
            with(good, good.member(), List.of("x", "y", "z"), "", B))) {
      assertThat(reason(B, large)).contains(Merge.Reason.TOO_LARGE);
    }
  }

  @Test
  void aMemberKeepsItsAgeWhileItIsThere() {
    SlotView view = take(empty, B, record("@bob:b", B, 1));
    view = take(view, B, record("@bob:b", B, 2), NOW.plusSeconds(5));
    assertThat(view.live().iterator().next().since()).isEqualTo(NOW);
    view = take(view, B, record("@bob:b", B, 2).asLeft(v(3)), NOW.plusSeconds(6));
    assertThat(view.live()).isEmpty();
    view = take(view, B, record("@bob:b", B, 4), NOW.plusSeconds(7));
    assertThat(view.live().iterator().next().since()).isEqualTo(NOW.plusSeconds(7));
  }

  @Test
  void aTombstoneLastsADay() {
    SlotView view = take(empty, B, record("@bob:b", B, 1).asLeft(v(2)));
    SlotView live = take(view, B, record("@bea:b", B, 1));
    Instant almost = NOW.plus(Duration.ofHours(24)).minusMillis(1);
    assertThat(live.expire(almost)).isEqualTo(live);
    assertThat(live.expire(NOW.plus(Duration.ofHours(24))).content().get(B)).hasSize(1);
  }

  @Test
  void aSnapshotSpeaksForEveryVersionUpToItsOwn() {
    MemberRecord bob = record("@bob:b", B, 1);
    MemberRecord bea = record("@bea:b", B, 9);
    SlotView view = take(take(empty, B, bob), B, bea);
    SlotView after = snapshot(view, new Snapshot(B, v(5), List.of()));
    assertThat(after.content().get(B)).containsOnlyKeys(bea.client());
    assertThat(merge(after, B, bob)).isInstanceOf(Merge.Old.class);
    assertThat(merge(after, B, record("@bob:b", B, 5))).isInstanceOf(Merge.Old.class);
    assertThat(merge(after, B, record("@bob:b", B, 6))).isInstanceOf(Merge.Taken.class);
    SlotView older = snapshot(after, new Snapshot(B, v(4), List.of(bob)));
    assertThat(older).isEqualTo(after);
    SlotView unknowing = snapshot(view, new Snapshot(B, Version.NONE, List.of()));
    assertThat(unknowing).isEqualTo(view);
  }

  @Test
  void oneBadRecordOfASnapshotHarmsNoOther() {
    MemberRecord bad = record("@carl:c", C, 1);
    SlotView.Snapshotted merged =
        empty.merge(
            B,
            new Snapshot(B, v(5), List.of(bad, record("@bob:b", B, 1))),
            SiteDirectory.BY_NAME,
            LIMITS,
            NOW);
    assertThat(merged.refusals()).containsExactly(Merge.Reason.NOT_THE_WRITER);
    assertThat(merged.view().live()).hasSize(1);
  }

  @Test
  void hintsNameOtherSitesAndAreBounded() {
    SlotView hinted = empty.withHint(B, Set.of(A, B, C), Set.of(), 10);
    assertThat(hinted.hints().get(B)).containsExactly(C);
    assertThat(empty.withHint(B, Set.of(C, Site.of("d")), Set.of(), 1).hints().get(B)).hasSize(1);
    assertThat(hinted.withHint(B, Set.of(), Set.of(), 10).hints()).isEmpty();
    assertThat(hinted.without(C)).isEqualTo(hinted);
    assertThat(hinted.without(B).hints()).isEmpty();
  }

  @Test
  void onlyOwnRecordsAreWritten() {
    assertThatIllegalArgumentException().isThrownBy(() -> empty.write(record("@bob:b", B, 1), NOW));
    SlotView written = empty.write(record("@alice:a", A, 1), NOW);
    assertThat(written.own(member("@alice:a").client())).contains(record("@alice:a", A, 1));
    assertThat(written.own(member("@bob:b").client())).isEmpty();
    assertThat(written.snapshot(v(1), B))
        .isEqualTo(new Snapshot(A, v(1), List.of(record("@alice:a", A, 1))));
  }

  @Test
  void theSourceFollowsFromFocusAndHome() {
    assertThat(record("@bob:b", B, 1).source()).isEqualTo(Spot.of(B, "n", Room.home(B)));
    MemberRecord guest = with(record("@bob:b", B, 1), member("@bob:b"), List.of(), "n", C);
    assertThat(guest.source()).isEqualTo(Spot.of(B, "n", Room.guest(C)));
    assertThat(hosted("@zoe:z", B).source()).isEqualTo(Spot.of(B, "n", Room.home(B)));
    assertThat(hosted("@zoe:z", B).concerns(Site.of("z"))).isFalse();
    assertThat(hosted("@zoe:z", B).concerns(C)).isTrue();
    assertThat(record("@bob:b", B, 1).concerns(B)).isTrue();
  }

  private static Optional<Merge.Reason> reason(Site from, MemberRecord record) {
    Merge merge =
        SlotView.empty(SlotId.ofRoomCall("!r:a"), A)
            .merge(from, record, SiteDirectory.BY_NAME, LIMITS, NOW);
    return merge instanceof Merge.Refused refused
        ? Optional.of(refused.reason())
        : Optional.empty();
  }

  private static Merge merge(SlotView view, Site from, MemberRecord record) {
    return view.merge(from, record, SiteDirectory.BY_NAME, LIMITS, NOW);
  }

  private static SlotView take(SlotView view, Site from, MemberRecord record) {
    return take(view, from, record, NOW);
  }

  private static SlotView take(SlotView view, Site from, MemberRecord record, Instant at) {
    Merge merge = view.merge(from, record, SiteDirectory.BY_NAME, LIMITS, at);
    assertThat(merge).isInstanceOf(Merge.Taken.class);
    return merge.view();
  }

  private static SlotView snapshot(SlotView view, Snapshot snapshot) {
    return view.merge(B, snapshot, SiteDirectory.BY_NAME, LIMITS, NOW).view();
  }

  private static Version v(long counter) {
    return new Version(1, counter, "r");
  }

  private static Member member(String user) {
    return Member.legacy(user, "DEV");
  }

  private static MemberRecord record(String user, Site home, long counter) {
    Member member = member(user);
    return new MemberRecord(
        member,
        List.of(Identities.of(member, Scheme.USER_DEVICE)),
        home,
        home,
        "n",
        true,
        false,
        false,
        false,
        v(counter));
  }

  private static MemberRecord hosted(String user, Site focus) {
    Member member = member(user);
    return new MemberRecord(
        member,
        List.of(Identities.of(member, Scheme.USER_DEVICE)),
        Site.of(member.server()),
        focus,
        "n",
        true,
        false,
        false,
        true,
        v(1));
  }

  private static MemberRecord with(
      MemberRecord record, Member member, List<String> identities, String node, Site focus) {
    return new MemberRecord(
        member, identities, record.home(), focus, node, true, false, false, false, v(1));
  }
}
