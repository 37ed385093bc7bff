/**
 * DTLS 1.2 with use_srtp (RFC 5764) on BouncyCastle: this process's certificate, the handshake, the
 * exported keys.
 *
 * <p>Datagrams come in through a queue, because the handshake blocks and runs on a virtual thread.
 * A peer whose certificate does not have the signalled fingerprint never gets past the handshake.
 */
@NullMarked
package dev.weir.relay.dtls;

import org.jspecify.annotations.NullMarked;
