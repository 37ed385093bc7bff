/**
 * SRTP and SRTCP with AES-GCM (RFC 3711, RFC 7714): key derivation, packet indexes, replay windows,
 * one cipher per direction.
 *
 * <p>Exported DTLS keys and packets come in; each session belongs to one thread. Nothing is
 * allocated per packet besides what the JDK's cipher itself needs, and no key is ever printed.
 */
@NullMarked
package dev.weir.relay.srtp;

import org.jspecify.annotations.NullMarked;
