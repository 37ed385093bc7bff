package dev.weir.service.sfu;

import com.auth0.jwt.JWT;
import com.auth0.jwt.exceptions.JWTVerificationException;
import com.google.protobuf.InvalidProtocolBufferException;
import io.livekit.server.WebhookReceiver;
import java.util.Collection;
import java.util.Optional;
import livekit.LivekitWebhook.WebhookEvent;

/** Reads LiveKit's webhooks, and only those that one of our keys signed. */
public final class Webhooks {
  private Webhooks() {}

  /**
   * The event, or empty when the signature, its time or the body's hash is not right.
   *
   * @param keys the keys of all nodes that may call, old ones too while they rotate
   */
  public static Optional<WebhookEvent> read(
      Collection<SigningKey> keys, String authorization, String body) {
    try {
      String token =
          authorization.startsWith("Bearer ")
              ? authorization.substring("Bearer ".length())
              : authorization;
      String issuer = JWT.decode(token).getIssuer();
      for (SigningKey key : keys) {
        if (key.id().equals(issuer)) {
          return Optional.of(new WebhookReceiver(key.id(), key.secret()).receive(body, token));
        }
      }
      return Optional.empty();
    } catch (JWTVerificationException | IllegalArgumentException e) {
      return Optional.empty();
    } catch (Exception e) {
      // The SDK is Kotlin and throws this checked exception without declaring it.
      if (e instanceof InvalidProtocolBufferException) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
