package dev.weir.service.legs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.relay.LegState.Phase;
import dev.weir.session.Attachment;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.name.Identities;
import dev.weir.session.name.Scheme;
import dev.weir.session.plan.PlanPolicy;
import dev.weir.session.plan.Planner;
import dev.weir.session.slot.SlotEvent;
import dev.weir.session.slot.SlotMachine;
import dev.weir.session.slot.SlotPolicy;
import dev.weir.session.slot.SlotState;
import dev.weir.session.view.MemberRecord;
import dev.weir.session.view.SiteDirectory;
import dev.weir.session.view.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * bob@b watches focus a from b's annex; alice@a publishes there, and carl@c as a guest of a. What
 * is asked at this replica is known from the others alone.
 */
class ReachTest {
  private static final Site A = Site.of("a.test");
  private static final Site B = Site.of("b.test");
  private static final Site C = Site.of("c.test");
  private static final SlotId CALL = SlotId.ofRoomCall("!call:a.test");
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private final SlotMachine machine =
      new SlotMachine(SlotPolicy.defaults("r2", SiteDirectory.BY_NAME));
  private final Planner planner = new Planner(PlanPolicy.DEFAULT);
  private final LegPhases phases = LegPhases.inMemory();
  private SlotState state = SlotState.empty(CALL, B, new Version(1, 0, "r1"));
  private Duration waited = Duration.ZERO;
  private Runnable meanwhile = () -> {};

  private final Reach reach =
      new Reach(
          planner::plan,
          phases,
          time -> {
            waited = waited.plus(time);
            meanwhile.run();
          });

  private void aCall() {
    Member bob = Member.legacy("@bob:b.test", "BBB");
    String identity = Identities.of(bob, Scheme.USER_DEVICE, Role.VIEW);
    on(
        new SlotEvent.Joined(
            new Attachment(
                new Attachment.Key("n1", Room.view(A), identity),
                "PA_1",
                bob,
                Role.VIEW,
                false,
                NOW)));
    on(new SlotEvent.PeerRecord(A, record("@alice:a.test", A)));
    on(new SlotEvent.PeerRecord(C, record("@carl:c.test", C)));
    assertThat(planner.plan(state).all()).hasSize(2);
  }

  private void on(SlotEvent event) {
    state = machine.apply(state, event, NOW).state();
  }

  private static MemberRecord record(String user, Site home) {
    Member member = Member.legacy(user, "D");
    return new MemberRecord(
        member,
        List.of(Identities.of(member, Scheme.USER_DEVICE)),
        home,
        A,
        "p1",
        true,
        false,
        false,
        false,
        new Version(1, 1, "p"));
  }

  private void leg(Site from, Phase phase) {
    planner.plan(state).all().stream()
        .filter(leg -> leg.source().site().equals(from))
        .forEach(leg -> phases.put(new LegKey(B, CALL, leg.source()).id(), phase));
  }

  private boolean canBring() {
    return reach.canBring(Optional.of(state), A);
  }

  @Test
  void theFirstViewerIsAlwaysTakenIn() {
    assertThat(reach.canBring(Optional.empty(), A)).isTrue();
    aCall();
    assertThat(canBring()).as("nobody speaks of the legs yet").isTrue();
    assertThat(waited).isZero();
  }

  @Test
  void aLegOfAnotherReplicaThatFailsIsKnownHere() {
    aCall();
    leg(A, Phase.BACKING_OFF);
    leg(C, Phase.UP);
    assertThat(canBring()).isFalse();
    assertThat(waited).isEqualTo(Duration.ofMillis(1500));
    assertThat(reach.canBring(Optional.of(state), C)).as("another focus").isTrue();
  }

  @Test
  void aLegThatIsOnItsWayHasAMoment() {
    aCall();
    leg(A, Phase.CONNECTING);
    meanwhile = () -> leg(A, waited.toMillis() >= 700 ? Phase.UP : Phase.CONNECTING);
    assertThat(canBring()).isTrue();
    assertThat(waited).isEqualTo(Duration.ofMillis(700));
  }

  @Test
  void aLegThatDoesNotComeUpIsNone() {
    aCall();
    leg(A, Phase.CONNECTING);
    assertThat(canBring()).isFalse();
  }

  @Test
  void guestsOfTheFocusAreItsMediaToo() {
    aCall();
    leg(A, Phase.UP);
    leg(C, Phase.BACKING_OFF);
    assertThat(canBring()).isFalse();
    leg(C, Phase.UP);
    assertThat(canBring()).isTrue();
  }

  @Test
  void aLegThatWaitsForItsMemberIsNoFailure() {
    aCall();
    leg(A, Phase.WAITING);
    assertThat(canBring()).isTrue();
    assertThat(waited).isZero();
  }
}
