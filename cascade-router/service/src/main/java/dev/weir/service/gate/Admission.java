package dev.weir.service.gate;

import dev.weir.service.sfu.Passage;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Optional;

/**
 * A client whose token was verified: who it is, and which room it may enter.
 *
 * @param rejoins the token was got in mid-call: the same client is joining again
 * @param claims all claims of the token, to mint the backend's from; never shown
 */
public record Admission(
    GateSite site,
    RoomKey room,
    String identity,
    Instant expires,
    boolean rejoins,
    JsonObject claims) {

  /** Where the token leads on to: the client's own site, when that is a partner. */
  Optional<Passage> passage() {
    return Passage.in(claims);
  }

  /** Neither the identity (a user's name) nor the claims belong into a log line. */
  @Override
  public String toString() {
    return "Admission[" + room + "]";
  }
}
