package dev.weir.service.gate;

import dev.weir.service.sfu.Jws;
import dev.weir.service.sfu.Passage;
import dev.weir.service.sfu.SigningKey;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The three tokens of a connection. The client's is signed with the site's gate key and verified
 * here; the backend's is minted anew for every connection with the key of the node (late binding: a
 * node key never reaches a client, and a connection can be bound to any place); the refresh tokens
 * that a node hands out in-band are signed over with the gate key.
 */
final class GateTokens {

  /** As LiveKit allows. */
  static final Duration LEEWAY = Duration.ofSeconds(60);

  /** Long enough to be held, dialled and retried; the node refreshes it once connected. */
  private static final Duration BACKEND_TTL = Duration.ofMinutes(10);

  /** Only in tokens that a client gets in mid-call, so only in those that it comes back with. */
  private static final String REJOINS = "weir_rejoins";

  private final Clock clock;

  GateTokens(Clock clock) {
    this.clock = clock;
  }

  /** Empty for whatever is wrong with the token: the refusal must not tell causes apart. */
  Optional<Admission> verify(GateSite site, String token) {
    return Jws.parse(token).filter(jws -> trusted(site, jws)).flatMap(jws -> admission(site, jws));
  }

  /** The token that a node of ours gets: same person, same grants, the node's key, its room. */
  String forNode(Admission who, SigningKey nodeKey, String roomAtNode) {
    Instant now = clock.instant();
    JsonObject claims = who.claims().copy();
    claims.remove("jti");
    claims.remove("iat");
    claims.remove(REJOINS);
    Passage.removeFrom(claims);
    claims.put("iss", nodeKey.id());
    claims.put("nbf", now.minus(LEEWAY).getEpochSecond());
    claims.put("exp", now.plus(BACKEND_TTL).getEpochSecond());
    claims.getJsonObject("video").put("room", roomAtNode);
    return Jws.sign(claims, nodeKey);
  }

  /**
   * The token with which a client that is in the call is to come back: it tells such a client from
   * one that was loaded anew, at whichever replica it knocks.
   */
  String forRejoin(Admission who) {
    JsonObject claims = who.claims().copy();
    claims.remove("jti");
    claims.remove("iat");
    claims.put("iss", who.site().signingKey().id());
    claims.put("nbf", clock.instant().minus(LEEWAY).getEpochSecond());
    claims.put("exp", expiry(who.claims()));
    claims.put(REJOINS, true);
    return Jws.sign(claims, who.site().signingKey());
  }

  /**
   * Turns a refresh token of the backend into one for the client. What the server changed in
   * mid-call (name, metadata, permissions) is kept when the backend is our own node; identity and
   * room stay those that the client was admitted with, and the way to its own site stays open.
   */
  Optional<String> refreshed(Admission who, String backendToken, boolean ownNode) {
    return Jws.parse(backendToken)
        .map(
            jws -> {
              JsonObject base = ownNode ? jws.claims().copy() : who.claims().copy();
              JsonObject grants = base.getJsonObject("video", new JsonObject());
              grants.put("room", who.room().room());
              grants.put("roomJoin", true);
              base.put("video", grants);
              base.put("sub", who.identity());
              if (who.claims().containsKey("identity")) {
                base.put("identity", who.claims().getValue("identity"));
              }
              who.passage()
                  .map(there -> ownNode ? there : there.with(backendToken))
                  .ifPresent(there -> there.addTo(base));
              base.put("iss", who.site().signingKey().id());
              base.put("nbf", clock.instant().minus(LEEWAY).getEpochSecond());
              base.put("exp", expiry(jws.claims()));
              base.put(REJOINS, true);
              return Jws.sign(base, who.site().signingKey());
            });
  }

  private long expiry(JsonObject backendClaims) {
    long fresh = clock.instant().plus(BACKEND_TTL).getEpochSecond();
    return Math.max(fresh, seconds(backendClaims, "exp").orElse(0L));
  }

  private boolean trusted(GateSite site, Jws jws) {
    if (!(jws.claims().getValue("iss") instanceof String issuer)) {
      return false;
    }
    Instant now = clock.instant();
    boolean signed = site.keys().stream().anyMatch(k -> k.id().equals(issuer) && jws.signedBy(k));
    boolean live =
        seconds(jws.claims(), "exp")
            .filter(exp -> now.minus(LEEWAY).getEpochSecond() < exp)
            .isPresent();
    boolean begun =
        !jws.claims().containsKey("nbf")
            || seconds(jws.claims(), "nbf")
                .filter(nbf -> nbf <= now.plus(LEEWAY).getEpochSecond())
                .isPresent();
    return signed && live && begun;
  }

  private static Optional<Admission> admission(GateSite site, Jws jws) {
    JsonObject claims = jws.claims();
    if (claims.getValue("sub") instanceof String identity
        && !identity.isEmpty()
        && claims.getValue("video") instanceof JsonObject grants
        && Boolean.TRUE.equals(grants.getValue("roomJoin"))
        && grants.getValue("room") instanceof String room
        && !room.isEmpty()) {
      Instant expires = Instant.ofEpochSecond(seconds(claims, "exp").orElse(0L));
      return Optional.of(
          new Admission(
              site,
              new RoomKey(site.name(), room),
              identity,
              expires,
              Boolean.TRUE.equals(claims.getValue(REJOINS)),
              claims));
    }
    return Optional.empty();
  }

  private static Optional<Long> seconds(JsonObject claims, String name) {
    return claims.getValue(name) instanceof Number n
        ? Optional.of(n.longValue())
        : Optional.empty();
  }
}
