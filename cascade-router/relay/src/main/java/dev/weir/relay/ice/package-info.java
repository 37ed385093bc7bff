/**
 * ICE towards an SFU (RFC 8445, 8489, 7675): one controlling agent with host candidates, UDP first,
 * then TCP, consent, restart.
 *
 * <p>Candidates that passed the address guard, STUN datagrams and the passing of time come in; what
 * must be sent goes out through the paths. No sockets and no clock live here.
 */
@NullMarked
package dev.weir.relay.ice;

import org.jspecify.annotations.NullMarked;
