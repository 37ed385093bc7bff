package dev.weir.relay.session;

import static dev.weir.relay.Layer.HIGH;
import static dev.weir.relay.Layer.LOW;
import static dev.weir.relay.Layer.MEDIUM;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class DemandTest {
  private static final long SECOND = 1_000_000_000L;

  private final Demand demand = new Demand(6 * SECOND);

  @Test
  void nothingIsPulledBeforeAnybodyWatches() {
    assertThat(demand.pulled(0)).isEmpty();
    assertThat(demand.changesIn(0)).isEqualTo(-1);
  }

  @Test
  void goesUpAtOnceAndDownAfterTheHold() {
    demand.want("annex", Set.of(LOW, MEDIUM, HIGH), 0);
    assertThat(demand.pulled(0)).containsExactlyInAnyOrder(LOW, MEDIUM, HIGH);

    demand.want("annex", Set.of(LOW), 10 * SECOND);
    assertThat(demand.pulled(15 * SECOND)).containsExactlyInAnyOrder(LOW, MEDIUM, HIGH);
    assertThat(demand.changesIn(15 * SECOND)).isEqualTo(SECOND);
    assertThat(demand.pulled(16 * SECOND)).containsExactly(LOW);
    assertThat(demand.changesIn(16 * SECOND)).isEqualTo(-1);
  }

  @Test
  void aLayerThatIsWantedAgainIsNotGivenUp() {
    demand.want("annex", Set.of(HIGH), 0);
    demand.want("annex", Set.of(), SECOND);
    demand.want("annex", Set.of(HIGH), 2 * SECOND);
    assertThat(demand.pulled(60 * SECOND)).containsExactly(HIGH);
  }

  @Test
  void pullsWhatAnyRoomWants() {
    demand.want("annex", Set.of(LOW), 0);
    demand.want("home", Set.of(HIGH), 0);
    demand.forget("home", SECOND);

    assertThat(demand.pulled(2 * SECOND)).containsExactlyInAnyOrder(LOW, HIGH);
    assertThat(demand.pulled(8 * SECOND)).containsExactly(LOW);
  }
}
