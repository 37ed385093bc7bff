package dev.weir.service.delegation.homeserver;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.OptionalLong;

/** How long a homeserver wants to be left alone. */
final class RetryAfter {
  private static final long SECOND = 1_000;
  private static final long LONGEST = Duration.ofMinutes(5).toMillis();

  private RetryAfter() {}

  /** The header, in seconds or as a date, else the body's field, else a second. */
  static long millis(Optional<String> header, OptionalLong bodyMillis, Instant wallClock) {
    long asked = header.flatMap(text -> parse(text, wallClock)).orElse(bodyMillis.orElse(SECOND));
    return Math.clamp(asked, 0, LONGEST);
  }

  private static Optional<Long> parse(String header, Instant wallClock) {
    String text = header.strip();
    if (text.matches("\\d{1,9}")) {
      return Optional.of(Long.parseLong(text) * SECOND);
    }
    try {
      Instant at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Optional.of(Math.max(0, Duration.between(wallClock, at).toMillis()));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
