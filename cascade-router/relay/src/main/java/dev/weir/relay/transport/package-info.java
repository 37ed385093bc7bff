/**
 * One bundled media connection to an SFU: sockets, ICE, DTLS and SRTP put together on an event
 * loop.
 *
 * <p>What signalling learnt of the other side comes in; plain RTP and RTCP go out to one receiver.
 * No address that the guard refuses is ever sent a packet, and no SDP, track or room is known here.
 */
@NullMarked
package dev.weir.relay.transport;

import org.jspecify.annotations.NullMarked;
