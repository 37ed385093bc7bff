/**
 * The hot path: what happens to a packet between the connection that it came over and those that it
 * leaves by, and to the feedback that flows against it.
 *
 * <p>Plain packets of one leg come in, on that leg's event loop only. Payloads are never changed,
 * nothing queues, and nothing is allocated per packet.
 */
@NullMarked
package dev.weir.relay.forward;

import org.jspecify.annotations.NullMarked;
