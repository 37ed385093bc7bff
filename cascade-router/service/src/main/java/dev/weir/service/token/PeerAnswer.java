package dev.weir.service.token;

import dev.weir.session.admission.HomeVerdict;

/** What a user's home site answered. */
public sealed interface PeerAnswer {
  /** The home site attaches its user itself. */
  record Admitted(String url, String jwt) implements PeerAnswer {
    @Override
    public String toString() {
      return "Admitted[" + url + "]";
    }
  }

  record Refused(HomeVerdict verdict) implements PeerAnswer {}
}
