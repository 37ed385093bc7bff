/**
 * LiveKit's signalling channel: one WebSocket, one join request, protobuf frames both ways.
 *
 * <p>A URL whose host passed the guard and a token come in; parsed responses go out. Tokens are
 * sent as a header, so that no log of a server or proxy ever holds one, and no session logic lives
 * here.
 */
@NullMarked
package dev.weir.relay.signal;

import org.jspecify.annotations.NullMarked;
