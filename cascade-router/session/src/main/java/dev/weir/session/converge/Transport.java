package dev.weir.session.converge;

/**
 * How a member says its media can be reached.
 *
 * @param url the {@code livekit_service_url}, or the signalling URL of the newest texts; empty if
 *     the transport has none
 */
public record Transport(String type, String url) {}
