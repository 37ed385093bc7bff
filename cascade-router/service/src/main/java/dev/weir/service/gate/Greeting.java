package dev.weir.service.gate;

import io.vertx.core.buffer.Buffer;

/**
 * What the gate adds to a node's answer to a join.
 *
 * <p>To every client: a token of its own to come back with. It tells, without memory at any
 * replica, a client that joins again from one that was loaded anew.
 *
 * <p>To a JavaScript client that joins again: a RESUME. LiveKit's client counts itself as
 * reconnecting for two seconds after every rejoin, says after some hundred milliseconds that it is
 * connected all the same, and from then until the two seconds are over it keeps back every event
 * about other people and forgets them later. Tracks that come in that time are received and never
 * given to the decryption: the tile stays dark and silent. In a move everybody comes at that time.
 * A client that hears RESUME in the middle of its rejoin drops the attempt to resume, as it is busy
 * with the rejoin, and with it drops the note that it is reconnecting: events pass from then on.
 */
final class Greeting {

  private final GateTokens tokens;

  Greeting(GateTokens tokens) {
    this.tokens = tokens;
  }

  /** Whole frames, to follow the answer to the join. */
  Buffer of(Arrival arrival) {
    Buffer token =
        FrameHead.frame(FrameHead.BINARY, Signals.refreshToken(tokens.forRejoin(arrival.who())));
    return arrival.settling() ? token.appendBuffer(Signals.resume()) : token;
  }
}
