package dev.weir.service.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RejoinPaceTest {
  private static final GateSite SITE = new GateSite("a.example", "", List.of(GateFixture.GATE_KEY));
  private static final Admission ALICE = somebody("@a:x:D");
  private static final Admission BOB = somebody("@b:x:D");

  private Instant now = Instant.EPOCH;
  private final RejoinPace pace = new RejoinPace(() -> now);

  private static Admission somebody(String identity) {
    return new Admission(
        SITE, new RoomKey("a.example", "room"), identity, Instant.MAX, false, new JsonObject());
  }

  private List<Long> pauses(Admission who, int times) {
    return IntStream.range(0, times).mapToObj(i -> pace.next(who).toMillis()).toList();
  }

  @Test
  void waitsOnlyWhoIsThrownOutTimeAndAgainAndNeverForLong() {
    assertThat(pauses(ALICE, RejoinPace.AT_ONCE)).containsOnly(0L);
    assertThat(pauses(ALICE, 3)).containsExactly(500L, 1_000L, 1_500L);
    assertThat(pauses(ALICE, 50)).endsWith(5_000L).allMatch(pause -> pause <= 5_000);
    assertThat(pauses(BOB, 1)).as("somebody else").containsExactly(0L);
  }

  @Test
  void forgetsAfterAMinute() {
    pauses(ALICE, 20);
    now = now.plusSeconds(61);
    assertThat(pauses(ALICE, RejoinPace.AT_ONCE)).containsOnly(0L);
  }
}
