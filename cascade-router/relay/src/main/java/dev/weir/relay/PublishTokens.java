package dev.weir.relay;

/**
 * Mints the LiveKit token of a publish session: room join, publish, no subscribe, for that identity
 * only.
 */
@FunctionalInterface
public interface PublishTokens {
  String mint(RelayedParticipant participant);
}
