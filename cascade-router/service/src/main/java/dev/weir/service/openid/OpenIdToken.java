package dev.weir.service.openid;

/** What a client got from its homeserver to prove who it is. */
public record OpenIdToken(String accessToken, String serverName) {
  @Override
  public String toString() {
    return "OpenIdToken[serverName=" + serverName + "]";
  }
}
