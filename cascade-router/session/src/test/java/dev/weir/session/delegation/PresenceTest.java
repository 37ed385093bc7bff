package dev.weir.session.delegation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.session.delegation.Evidence.Joined;
import dev.weir.session.delegation.Evidence.Left;
import dev.weir.session.delegation.Survey.NodeAnswer;
import dev.weir.session.delegation.Survey.Participant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whom the SFUs list while they connect. */
class PresenceTest {
  private static final String ROOM = "room";
  private static final String NODE = "n1";
  private static final String ID = "@u:a:D";
  private static final long BEGAN = 1_000_000;

  private final Presence presence = new Presence();
  private final Fences fences = new Fences();

  private void listedWhileConnecting(String sid, long joinedAt, long now) {
    NodeAnswer answer =
        new NodeAnswer.Listed(List.of(new Participant(ID, sid, false, joinedAt)), 1);
    presence.surveyed(
        new Survey(now - 5, Map.of(ROOM, Map.of(NODE, answer))),
        List.of(ROOM),
        ID::equals,
        fences,
        now);
  }

  @Test
  void isExpectedForAWhile() {
    listedWhileConnecting("PA_1", BEGAN, BEGAN + 15);
    assertThat(presence.here()).isFalse();
    assertThat(presence.expectedUntil(BEGAN + 15)).isEqualTo(BEGAN + 15 + Timing.EXPECTATION);
    assertThat(presence.expectedUntil(BEGAN + 15 + Timing.EXPECTATION)).isZero();
  }

  @Test
  void isNotExpectedAnyMoreOnceThere() {
    listedWhileConnecting("PA_1", BEGAN, BEGAN + 15);
    // The SFU's times of one join differ by what clocks and rounding make of them.
    presence.hear(new Joined(ROOM, NODE, ID, "PA_1", BEGAN - 1), fences, BEGAN + 40);
    assertThat(presence.here()).isTrue();
    assertThat(presence.expectedUntil(BEGAN + 40)).isZero();
  }

  @Test
  void isNotExpectedAnyMoreWhenItsEndComesBeforeItsBeginning() {
    listedWhileConnecting("PA_1", BEGAN, BEGAN + 15);
    presence.hear(
        new Left(ROOM, NODE, ID, "PA_1", LeaveReason.CLIENT_INITIATED), fences, BEGAN + 40);
    assertThat(presence.expectedUntil(BEGAN + 40)).isZero();
  }

  @Test
  void isExpectedWhoeverElseOfTheMemberCame() {
    listedWhileConnecting("PA_2", BEGAN, BEGAN + 15);
    presence.hear(new Joined(ROOM, "n2", ID, "PA_1", BEGAN - 500), fences, BEGAN + 40);
    assertThat(presence.expectedUntil(BEGAN + 40)).isPositive();
  }
}
