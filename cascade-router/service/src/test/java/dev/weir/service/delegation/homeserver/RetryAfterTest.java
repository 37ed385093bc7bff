package dev.weir.service.delegation.homeserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2026-11-21T04:00:00Z");

  private static long millis(String header, long body) {
    return RetryAfter.millis(
        Optional.ofNullable(header.isEmpty() ? null : header),
        body < 0 ? OptionalLong.empty() : OptionalLong.of(body),
        NOW);
  }

  @Test
  void readsSeconds() {
    assertThat(millis("3", 99)).isEqualTo(3_000);
  }

  @Test
  void readsADate() {
    assertThat(millis("Sat, 21 Nov 2026 04:00:07 GMT", 99)).isEqualTo(7_000);
  }

  @Test
  void aDateThatIsOverMeansNow() {
    assertThat(millis("Sat, 21 Nov 2026 03:00:00 GMT", 99)).isZero();
  }

  @Test
  void takesTheBodyWhenTheHeaderIsMissingOrNonsense() {
    assertThat(millis("", 250)).isEqualTo(250);
    assertThat(millis("soon", 250)).isEqualTo(250);
  }

  @Test
  void waitsASecondWhenNothingIsSaid() {
    assertThat(millis("", -1)).isEqualTo(1_000);
  }

  @Test
  void neverWaitsLongerThanFiveMinutes() {
    assertThat(millis("999999999", -1)).isEqualTo(300_000);
    assertThat(millis("", -1 + Long.MAX_VALUE)).isEqualTo(300_000);
  }
}
