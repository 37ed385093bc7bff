package dev.weir.session.admission;

import dev.weir.session.name.Scheme;

/** Where a token request came in. */
public enum Endpoint {
  /** {@code /sfu/get}: may be a legacy client, which publishes wherever it is let in. */
  SFU_GET(Scheme.USER_DEVICE),
  /** {@code /get_token} of generations A and B. */
  GET_TOKEN(Scheme.THREE_TUPLE),
  /** The newest text: identity without a device. */
  GET_TOKEN_BY_MEMBER(Scheme.TWO_TUPLE);

  private final Scheme scheme;

  Endpoint(Scheme scheme) {
    this.scheme = scheme;
  }

  public Scheme scheme() {
    return scheme;
  }

  public boolean isLegacy() {
    return this == SFU_GET;
  }
}
