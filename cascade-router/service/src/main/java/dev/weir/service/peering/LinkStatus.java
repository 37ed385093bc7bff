package dev.weir.service.peering;

import dev.weir.service.peering.trust.SpkiPin;
import java.time.Instant;
import java.util.Optional;

/** How an agreement fares, in the terms of the conditions of {@code SfuPeer}. */
public record LinkStatus(
    Finding discovered,
    Finding trustVerified,
    Finding compatible,
    Finding connected,
    int protocolVersion,
    Optional<Instant> lastHandshake,
    Optional<SpkiPin> key,
    Optional<Instant> certificateNotAfter) {

  /** One condition: its state, a constant reason, and what to do about it. */
  public record Finding(State state, String reason, String message) {
    static final Finding UNKNOWN = new Finding(State.UNKNOWN, "Pending", "not tried yet");

    static Finding yes(String reason) {
      return new Finding(State.TRUE, reason, "");
    }

    static Finding no(String reason, String message) {
      return new Finding(State.FALSE, reason, message);
    }

    public boolean holds() {
      return state == State.TRUE;
    }
  }

  public enum State {
    TRUE,
    FALSE,
    UNKNOWN
  }

  static final LinkStatus INITIAL =
      new LinkStatus(
          Finding.UNKNOWN,
          Finding.UNKNOWN,
          Finding.UNKNOWN,
          Finding.UNKNOWN,
          0,
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  LinkStatus discovered(Finding finding) {
    return new LinkStatus(
        finding,
        trustVerified,
        compatible,
        connected,
        protocolVersion,
        lastHandshake,
        key,
        certificateNotAfter);
  }

  LinkStatus trusted(Finding finding) {
    return new LinkStatus(
        discovered,
        finding,
        compatible,
        connected,
        protocolVersion,
        lastHandshake,
        key,
        certificateNotAfter);
  }

  LinkStatus handshake(
      Instant at, int version, Finding compatibility, SpkiPin pin, Instant notAfter) {
    return new LinkStatus(
        discovered,
        Finding.yes("Verified"),
        compatibility,
        connected,
        version,
        Optional.of(at),
        Optional.of(pin),
        Optional.of(notAfter));
  }

  LinkStatus connected(Finding finding) {
    return new LinkStatus(
        discovered,
        trustVerified,
        compatible,
        finding,
        protocolVersion,
        lastHandshake,
        key,
        certificateNotAfter);
  }
}
