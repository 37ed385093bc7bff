package dev.weir.service.sfu;

import static org.assertj.core.api.Assertions.assertThat;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import livekit.LivekitWebhook.WebhookEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhooksTest {
  private static final SigningKey OLD = new SigningKey("old", "secret-old");
  private static final SigningKey NEW = new SigningKey("new", "secret-new");
  private static final String BODY =
      "{\"event\":\"participant_joined\",\"room\":{\"name\":\"r\"},\"fieldOfTomorrow\":1}";

  private static String sign(SigningKey key, String body, Instant until) throws Exception {
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8));
    return JWT.create()
        .withIssuer(key.id())
        .withExpiresAt(until)
        .withClaim("sha256", Base64.getEncoder().encodeToString(hash))
        .sign(Algorithm.HMAC256(key.secret()));
  }

  private static Instant soon() {
    return Instant.now().plusSeconds(60);
  }

  @Test
  void readsEventsOfEveryKeyInForce() throws Exception {
    for (SigningKey key : List.of(OLD, NEW)) {
      assertThat(Webhooks.read(List.of(NEW, OLD), sign(key, BODY, soon()), BODY))
          .map(WebhookEvent::getEvent)
          .hasValue("participant_joined");
    }
  }

  @Test
  void refusesABodyThatWasNotSigned() throws Exception {
    assertThat(Webhooks.read(List.of(NEW), sign(NEW, BODY, soon()), BODY.replace("r", "s")))
        .isEmpty();
  }

  @Test
  void refusesAKeyThatIsNotOurs() throws Exception {
    assertThat(Webhooks.read(List.of(NEW), sign(OLD, BODY, soon()), BODY)).isEmpty();
    SigningKey forged = new SigningKey("new", "guess");
    assertThat(Webhooks.read(List.of(NEW), sign(forged, BODY, soon()), BODY)).isEmpty();
  }

  @Test
  void refusesAnOldSignature() throws Exception {
    String stale = sign(NEW, BODY, Instant.now().minusSeconds(120));
    assertThat(Webhooks.read(List.of(NEW), stale, BODY)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Bearer", "Bearer x", "a.b.c", "....", "Bearer e30.e30.e30"})
  void refusesJunk(String authorization) {
    assertThat(Webhooks.read(List.of(NEW), authorization, BODY)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{\"event\":{}}", "null"})
  void survivesASignedBodyThatIsNoEvent(String body) throws Exception {
    assertThat(Webhooks.read(List.of(NEW), sign(NEW, body, soon()), body))
        .satisfiesAnyOf(
            read -> assertThat(read).isEmpty(),
            read -> assertThat(read.orElseThrow().getEvent()).isEmpty());
  }
}
