package dev.weir.session.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.session.Attachment;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.Spot;
import dev.weir.session.name.Identities;
import dev.weir.session.name.Scheme;
import dev.weir.session.slot.SlotEffect;
import dev.weir.session.slot.SlotEvent;
import dev.weir.session.slot.SlotMachine;
import dev.weir.session.slot.SlotPolicy;
import dev.weir.session.slot.SlotState;
import dev.weir.session.slot.Step;
import dev.weir.session.view.MemberRecord;
import dev.weir.session.view.SiteDirectory;
import dev.weir.session.view.Version;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Two sites, one publisher each, both clients multi-SFU: the call of the README. */
class WalkingSkeletonTest {
  private static final Site A = Site.of("a");
  private static final Site B = Site.of("b");
  private static final Instant NOW = Instant.parse("2026-11-21T04:00:00Z");
  private static final Member ALICE = Member.legacy("@alice:a", "AAA");
  private static final Member BOB = Member.legacy("@bob:b", "BBB");

  private final SlotMachine machine =
      new SlotMachine(SlotPolicy.defaults("r1", SiteDirectory.BY_NAME));
  private final Planner planner = new Planner(PlanPolicy.DEFAULT);

  @Test
  void anAnnexGetsThePublishersOfItsFocusOnceSomebodyWatchesThere() {
    SlotState atA = fresh(A);
    SlotState atB = fresh(B);
    Step alice = joined(atA, ALICE, Role.OWN, Room.home(A), "a-0");
    MemberRecord record =
        alice.effects().stream()
            .filter(SlotEffect.Tell.class::isInstance)
            .map(e -> ((SlotEffect.Tell) e).record())
            .findFirst()
            .orElseThrow();
    atB = machine.apply(atB, new SlotEvent.PeerRecord(A, record), NOW).state();
    assertThat(planner.plan(atB).all()).isEmpty();

    atB = joined(atB, BOB, Role.VIEW, Room.view(A), "b-0").state();
    Leg leg = planner.plan(atB).all().iterator().next();
    assertThat(leg.source()).isEqualTo(Spot.of(A, "a-0", Room.home(A)));
    assertThat(leg.carries().values().iterator().next().targets())
        .containsExactly(java.util.Map.entry(Spot.of(B, "b-0", Room.view(A)), Rule.R1));
    assertThat(planner.plan(alice.state()).all()).isEmpty();
  }

  private SlotState fresh(Site site) {
    return SlotState.empty(SlotId.ofRoomCall("!r:a"), site, Version.newEpoch(0, 0, NOW, "r1"));
  }

  private Step joined(SlotState state, Member member, Role role, Room room, String node) {
    String identity = Identities.of(member, Scheme.USER_DEVICE, role);
    Attachment attachment =
        new Attachment(
            new Attachment.Key(node, room, identity), "PA_1", member, role, role != Role.VIEW, NOW);
    return machine.apply(state, new SlotEvent.Joined(attachment), NOW);
  }
}
