package dev.weir.service.sfu;

import static org.assertj.core.api.Assertions.assertThat;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.interfaces.DecodedJWT;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AccessTokensTest {
  private static final Instant NOW = Instant.ofEpochSecond(4_000_000_000L);
  private static final SigningKey SHORT = new SigningKey("key", "short");
  private final AccessTokens tokens = new AccessTokens(() -> NOW);

  private DecodedJWT mint(Grant grant) {
    String jwt = tokens.mint(SHORT, Bearer.of("@a:x:D"), grant, Duration.ofHours(1));
    DecodedJWT read = JWT.decode(jwt);
    Algorithm.HMAC256("short").verify(read);
    return read;
  }

  private static Map<String, Object> video(DecodedJWT token) {
    return token.getClaim("video").asMap();
  }

  @Test
  void namesTheBearerAndItsTime() {
    DecodedJWT token = mint(new Grant.Client("room", true));
    assertThat(token.getSubject()).isEqualTo("@a:x:D");
    assertThat(token.getIssuer()).isEqualTo("key");
    assertThat(token.getNotBefore().toInstant()).isEqualTo(NOW);
    assertThat(token.getExpiresAt().toInstant()).isEqualTo(NOW.plus(Duration.ofHours(1)));
  }

  @Test
  void letsAPublisherPublishAndNeverMakeRooms() {
    assertThat(video(mint(new Grant.Client("room", true))))
        .containsEntry("room", "room")
        .containsEntry("roomJoin", true)
        .containsEntry("canPublish", true)
        .containsEntry("canSubscribe", true)
        .containsEntry("roomCreate", false);
  }

  @Test
  void letsAViewerOnlyWatch() {
    assertThat(video(mint(new Grant.Client("room", false))))
        .containsEntry("canPublish", false)
        .containsEntry("canPublishData", false)
        .containsEntry("canSubscribe", true);
  }

  @Test
  void hidesAPullAndLetsItPublishNothing() {
    assertThat(video(mint(new Grant.Pull("room"))))
        .containsEntry("hidden", true)
        .containsEntry("agent", true)
        .containsEntry("canPublish", false)
        .containsEntry("canPublishData", false);
  }

  @Test
  void carriesWhatOthersSeeOfARelayedMember() {
    String jwt =
        tokens.mint(
            SHORT,
            new Bearer("id", "Alice", "m", Map.of("k", "v")),
            new Grant.Relayed("room"),
            Duration.ofMinutes(10));
    DecodedJWT token = JWT.decode(jwt);
    assertThat(token.getClaim("name").asString()).isEqualTo("Alice");
    assertThat(token.getClaim("metadata").asString()).isEqualTo("m");
    assertThat(token.getClaim("attributes").asMap()).containsEntry("k", "v");
  }

  @Test
  void keepsSecretsOutOfItsText() {
    assertThat(new SigningKey("key", "hush")).asString().doesNotContain("hush");
  }
}
