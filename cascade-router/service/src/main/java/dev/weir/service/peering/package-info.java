/**
 * Talks with partner sites: one gRPC server for all our sites, one link per agreement, and the
 * answers to what a partner may ask.
 *
 * <p>In come agreements from the configuration, calls of partners (untrusted, bounded, default
 * deny), and the needs of our own sites (admit a user, open a leg). Never does an API key, an
 * access token or a delayed-leave job leave through here, and never is a partner believed about a
 * user of another server.
 */
@NullMarked
package dev.weir.service.peering;

import org.jspecify.annotations.NullMarked;
