package dev.weir.service.sfu;

import io.livekit.server.AccessToken;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;

/** Writes LiveKit access tokens. */
public final class AccessTokens {
  private final InstantSource clock;

  public AccessTokens(InstantSource clock) {
    this.clock = clock;
  }

  /** A token of that key, valid from now on. */
  public String mint(SigningKey key, Bearer bearer, Grant grant, Duration validFor) {
    Instant now = clock.instant();
    AccessToken token = new AccessToken(key.id(), key.secret());
    token.setIdentity(bearer.identity());
    if (!bearer.name().isEmpty()) {
      token.setName(bearer.name());
    }
    if (!bearer.metadata().isEmpty()) {
      token.setMetadata(bearer.metadata());
    }
    token.getAttributes().putAll(bearer.attributes());
    token.setNotBefore(Date.from(now));
    token.setExpiration(Date.from(now.plus(validFor)));
    token.addGrants(grant.claims());
    return token.toJwt();
  }
}
