/**
 * Legs and their sessions: who is in the source room, what is subscribed, what is published where,
 * and what happens when a connection is lost.
 *
 * <p>Specs, signalling messages and the passing of time come in, one at a time, through the leg's
 * mailbox. Packets never do: they stay on the event loop, which this package only tells what to
 * forward.
 */
@NullMarked
package dev.weir.relay.session;

import org.jspecify.annotations.NullMarked;
