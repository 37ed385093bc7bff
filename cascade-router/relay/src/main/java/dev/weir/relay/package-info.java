/**
 * The media relay as its owner sees it: legs go in, their state comes out, and the engine keeps
 * them true by itself.
 *
 * <p>What comes in are addresses, narrow tokens and LiveKit identities; media comes in only through
 * the sessions that this engine opens. Matrix, peers, plans, API keys and decrypted payloads never
 * do.
 */
@NullMarked
package dev.weir.relay;

import org.jspecify.annotations.NullMarked;
