/**
 * Synthetic LiveKit clients and servers for tests and benches: publishers of VP8-looking simulcast
 * and Opus, subscribers that check what arrives, and livekit-server processes.
 *
 * <p>They share the relay's connection code but none of its forwarding, so that what they count is
 * what really crossed.
 */
@NullMarked
package dev.weir.relay.load;

import org.jspecify.annotations.NullMarked;
