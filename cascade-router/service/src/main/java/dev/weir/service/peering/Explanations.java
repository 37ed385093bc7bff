package dev.weir.service.peering;

import dev.weir.service.peering.trust.Verdict.Reason;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a refused certificate means, in words that tell an admin what to change. */
final class Explanations {
  private Explanations() {}

  static String of(Reason reason, String peer) {
    return switch (reason) {
      case NO_CERTIFICATE -> "the peer presented no certificate";
      case NO_KEYS_KNOWN ->
          "no key of %s is known: it must publish https://%s/.well-known/weir, or pin its keys in spec.trust.pins"
              .formatted(peer, peer);
      case WRONG_NAME -> "the certificate does not name %s as a subjectAltName".formatted(peer);
      case WRONG_KEY ->
          "the certificate's key is none of the known keys of %s; if it was rotated, publish or pin the new key first"
              .formatted(peer);
      case EXPIRED -> "the certificate of %s has expired".formatted(peer);
      case NOT_YET_VALID ->
          "the certificate of %s is not valid yet; check both clocks".formatted(peer);
      case UNTRUSTED_AUTHORITY ->
          "the certificate of %s is not signed by the authority in spec.trust.caBundleRef"
              .formatted(peer);
      case UNLISTED -> "no SfuPeer lists this caller";
    };
  }

  /** {@code WRONG_KEY} as the constant of a condition: {@code WrongKey}. */
  static String constant(Reason reason) {
    return Arrays.stream(reason.name().split("_", -1))
        .map(w -> w.charAt(0) + w.substring(1).toLowerCase(Locale.ROOT))
        .collect(Collectors.joining());
  }
}
