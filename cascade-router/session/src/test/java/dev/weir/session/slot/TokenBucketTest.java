package dev.weir.session.slot;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
  private static final Instant NOW = Instant.parse("2026-11-21T04:00:00Z");

  @Test
  void letsABurstThroughAndThenOneForEachInterval() {
    TokenBucket bucket = new TokenBucket(3, Duration.ofSeconds(1));
    assertThat(taken(bucket, NOW)).isEqualTo(3);
    assertThat(taken(bucket, NOW.plusMillis(999))).isZero();
    assertThat(taken(bucket, NOW.plusMillis(1000))).isEqualTo(1);
    assertThat(taken(bucket, NOW.plusSeconds(3))).isEqualTo(2);
    assertThat(taken(bucket, NOW.plusSeconds(100))).isEqualTo(3);
  }

  private static int taken(TokenBucket bucket, Instant now) {
    int taken = 0;
    while (taken < 10 && bucket.mayNow(now)) {
      taken++;
    }
    return taken;
  }
}
