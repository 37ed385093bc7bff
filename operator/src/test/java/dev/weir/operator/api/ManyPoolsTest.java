package dev.weir.operator.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("cluster")
class ManyPoolsTest {
  @Test
  void twoHundredPoolsOfFiveNodesConvergeAndThenNothingIsWritten() throws IOException {
    Map<String, Object> figures =
        OperatorBench.run(200, 5, Duration.ofSeconds(Long.getLong("weir.idleSeconds", 30)), false);
    assertThat(figures.get("idle_writes")).as("%s", figures).isEqualTo(0L);
    System.out.println(figures);
  }
}
