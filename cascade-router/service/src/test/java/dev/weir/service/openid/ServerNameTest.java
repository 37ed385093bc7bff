package dev.weir.service.openid;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerNameTest {
  @ParameterizedTest
  @ValueSource(strings = {"example.com", "example.com:8448", "127.0.0.1:1", "[::1]", "[::1]:8448"})
  void readsAndWritesTheSameName(String text) {
    assertThat(ServerName.parse(text)).get().hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a b",
        "example.com:0",
        "example.com:65536",
        "::1",
        "example.com/path",
        "u@example.com",
        "example.com:",
        "[::1",
        "exämple.com",
        "a?b",
        "a#b",
        "a\nb"
      })
  void refusesWhatIsNoServerName(String text) {
    assertThat(ServerName.parse(text)).isEmpty();
  }

  @Test
  void knowsLiterals() {
    assertThat(ServerName.parse("[::1]:1").orElseThrow().isLiteral()).isTrue();
    assertThat(ServerName.parse("10.0.0.1").orElseThrow().isLiteral()).isTrue();
    assertThat(ServerName.parse("10.example.com").orElseThrow().isLiteral()).isFalse();
  }
}
