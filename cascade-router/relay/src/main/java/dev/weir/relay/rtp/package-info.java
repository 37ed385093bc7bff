/**
 * RTP packets as bytes: where the header ends, how it is rewritten, how sequence numbers run, what
 * was sent lately.
 *
 * <p>Packets that came out of SRTP and were checked by {@link dev.weir.relay.rtp.Rtp#isValid} come
 * in. Payloads are end-to-end encrypted and are never read here, save for the trailer that a server
 * appends to what it made itself.
 */
@NullMarked
package dev.weir.relay.rtp;

import org.jspecify.annotations.NullMarked;
