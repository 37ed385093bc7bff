package dev.weir.service.peering.trust;

import java.time.Instant;

/** What was found when a presented certificate was held against a partner's trust. */
public sealed interface Verdict {
  record Trusted(SpkiPin key, Instant notAfter) implements Verdict {}

  record Refused(Reason reason) implements Verdict {}

  enum Reason {
    NO_CERTIFICATE,
    NO_KEYS_KNOWN,
    WRONG_NAME,
    WRONG_KEY,
    EXPIRED,
    NOT_YET_VALID,
    UNTRUSTED_AUTHORITY,
    UNLISTED
  }
}
