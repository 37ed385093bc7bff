package dev.weir.e2e.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpOptionsTest {
  @Test
  void showsTwoPeeredSitesUntilToldOtherwise() {
    assertThat(UpOptions.parse(List.of()))
        .isEqualTo(new UpOptions(false, true, false, 2, Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource({"60s, 60", "5m, 300", "90, 90"})
  void takesTimesAsPeopleWriteThem(String text, long seconds) {
    assertThat(UpOptions.parse(List.of("--for", text)).duration())
        .contains(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--for", "--for soon", "--sites 1", "--sites 7", "--sites many", "--nonsense"})
  void saysWhatItDoesNotUnderstand(String arguments) {
    assertThatThrownBy(() -> UpOptions.parse(List.of(arguments.split(" "))))
        .isInstanceOf(UpOptions.Misunderstood.class)
        .hasMessageContaining(arguments.split(" ")[0]);
  }
}
