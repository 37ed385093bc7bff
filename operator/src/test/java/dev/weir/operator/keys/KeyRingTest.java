package dev.weir.operator.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeyRingTest {
  private static final Duration MONTH = Duration.ofDays(30);
  private static final Duration HOUR = Duration.ofHours(1);

  private Instant now = Instant.parse("2026-11-21T12:00:00Z");
  private int made;

  private KeyRing next(
      KeyRing ring, @Nullable Duration every, @Nullable String asked, boolean everywhere) {
    return ring.next(
        every,
        HOUR,
        asked,
        everywhere,
        now,
        () -> new KeyRing.Key("k" + ++made, "secret" + made, now));
  }

  @Test
  void makesTheFirstKey() {
    KeyRing ring = next(KeyRing.EMPTY, MONTH, null, false);
    assertThat(ring.file()).isEqualTo("k1: secret1\n");
    assertThat(ring.rotating()).isFalse();
  }

  @Test
  void leavesAYoungKeyAlone() {
    KeyRing ring = next(KeyRing.EMPTY, MONTH, null, false);
    now = now.plus(Duration.ofDays(29));
    assertThat(next(ring, MONTH, null, true)).isSameAs(ring);
    assertThat(next(ring, null, null, true)).isSameAs(ring);
  }

  @Test
  void rotatesInThreeStepsAndNeverSignsWithAKeyThatSomeNodeLacks() {
    KeyRing ring = next(KeyRing.EMPTY, MONTH, null, false);
    now = now.plus(MONTH);
    ring = next(ring, MONTH, null, true);
    assertThat(names(ring)).containsExactly("k1", "k2");
    assertThat(next(ring, MONTH, null, false)).isSameAs(ring);

    ring = next(ring, MONTH, null, true);
    assertThat(names(ring)).containsExactly("k2", "k1");
    assertThat(ring.names()).as("nothing rolls at the promotion").containsExactly("k1", "k2");

    now = now.plus(Duration.ofMinutes(59));
    assertThat(next(ring, MONTH, null, true)).isSameAs(ring);
    now = now.plus(Duration.ofMinutes(1));
    assertThat(names(next(ring, MONTH, null, true))).containsExactly("k2");
  }

  @Test
  void rotatesOnceWhenAsked() {
    KeyRing ring = next(KeyRing.EMPTY, null, null, false);
    ring = next(ring, null, "now", true);
    assertThat(ring.rotating()).isTrue();
    ring = next(ring, null, "now", true);
    now = now.plus(HOUR);
    ring = next(ring, null, "now", true);
    assertThat(names(ring)).containsExactly("k2");
    assertThat(next(ring, null, "now", true)).isSameAs(ring);
  }

  @Test
  void tellsNoSecretWhenPrinted() {
    assertThat(next(KeyRing.EMPTY, null, null, false).toString()).doesNotContain("secret1");
  }

  @Test
  void readsTheNamesOfAForeignKeyFile() {
    assertThat(KeyNames.of("# comment: x\nnew: abc\n\nold: def\nbroken\nempty:\n"))
        .containsExactly("new", "old");
  }

  private static List<String> names(KeyRing ring) {
    return ring.keys().stream().map(KeyRing.Key::name).toList();
  }
}
