package dev.weir.session.explain;

import static dev.weir.session.slot.Fixture.A;
import static dev.weir.session.slot.Fixture.B;
import static dev.weir.session.slot.Fixture.C;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.converge.Convergence;
import dev.weir.session.converge.Membership;
import dev.weir.session.converge.Roster;
import dev.weir.session.converge.Selection;
import dev.weir.session.converge.Transport;
import dev.weir.session.plan.PlanPolicy;
import dev.weir.session.slot.Fixture;
import dev.weir.session.slot.RoomMove;
import dev.weir.session.slot.SlotEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExplanationTest {
  @Test
  void aReaderUnderstandsTheCall() {
    Fixture slot = Fixture.connectedTo(B, C);
    slot.publish(slot.join("alice:a", Role.OWN, Room.home(A)), true);
    slot.join("anne:a", Role.GUEST, Room.guest(B));
    slot.hear(slot.foreign("bob:b", B, true, false));
    slot.after(Duration.ofSeconds(6));
    slot.hear(slot.foreign("bea:b", B, true, false));
    slot.on(new SlotEvent.Moving(new RoomMove(Room.home(A), "n1", "n2", true)));
    Membership event =
        new Membership(
            "k",
            false,
            "@alice:a",
            "ALICE:A",
            "m",
            "m.call#ROOM",
            slot.now,
            Optional.empty(),
            Selection.MULTI_SFU,
            List.of(new Transport("livekit", "https://a")),
            8);
    String text =
        Explanation.of(
            slot.state,
            slot.plan(new PlanPolicy(true, 2, peer -> 9)),
            Convergence.explain(new Roster(List.of(event))));
    assertThat(text)
        .isEqualTo(
            """
            slot m.call#ROOM of !r:a
            seen by a
            members
              @alice:a ALICE:A: publishes at a/n1 for focus a, legacy (does not view the others' foci)
              @anne:a ANNE:A: silent at a/n1 for focus b, legacy (publishes at a foreign focus or has no other)
              @bea:b BEA:B: publishes at b/p1 for focus b, multi-SFU
              @bob:b BOB:B: publishes at b/p1 for focus b, multi-SFU
            membership events
              @alice:a ALICE:A: focus https://a (multi_sfu: its own first focus)
            legacy members disagree: foci [a, b]; they are one call by R2 and R3
            rooms here
              HOME a on n1 (ijuh++EdlalT+PzbDJBWbw0eR1PyG7siQeubW7H4zCk): @alice:a ALICE:A as OWN, publishes
              GUEST b on n1 (YIyA3s2l+HY1OWF6JSbeTUXw+k9c2h6Zd+BKcAEgQcg): @anne:a ANNE:A as GUEST
              HOME a moves from n1 to n2, switched
            legs
              from HOME a at a/n1
                @alice:a ALICE:A into GUEST b at a/n1 (R3: a legacy viewer there has no other room)
              from GUEST b at a/n1
                @anne:a ANNE:A into HOME a at a/n2 (R2: it is legacy, so others may look for it anywhere)
              from HOME b at b/p1
                @bob:b BOB:B into GUEST b at a/n1 (R1: the room is for its focus)
                @bob:b BOB:B into HOME a at a/n2 (R3: a legacy viewer there has no other room)
            kept out: @bea:b BEA:B of GUEST b at a/n1, cap per room reached
            kept out: @bea:b BEA:B of HOME a at a/n2, cap per room reached
            """);
  }

  @Test
  void anEmptySlotIsSaidToBeEmpty() {
    Fixture slot = new Fixture();
    assertThat(Explanation.of(slot.state, slot.plan(), List.of()))
        .isEqualTo(
            """
            slot m.call#ROOM of !r:a
            seen by a
            members
              nobody
            rooms here
            legs
              none
            """);
  }

  @Test
  void membersDisagreeWhenLegacyOnesAreAtSeveralFoci() {
    Fixture slot = Fixture.connectedTo(B);
    slot.hear(slot.foreign("bob:b", B, true, true));
    slot.hear(slot.foreign("bea:b", C, true, false));
    assertThat(Disagreement.isThere(slot.state)).isFalse();
    slot.hear(slot.foreign("ben:b", A, true, true));
    assertThat(Disagreement.isThere(slot.state)).isTrue();
    assertThat(Disagreement.legacyFoci(slot.state)).containsExactly(A, B);
  }
}
