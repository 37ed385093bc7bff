package dev.weir.relay.signal;

import dev.weir.relay.AddressGuard;
import java.net.URI;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;

/** Opens signalling channels. */
@FunctionalInterface
public interface SignalDialer {
  /** Begins to connect and returns at once; what follows is told to the events. */
  Channel dial(URI url, String token, JoinRequest join, AddressGuard guard, Events events);

  /** A channel that is opening or open. */
  interface Channel {
    /** Sends in the order of the calls; what is sent before the channel is open waits for it. */
    void send(SignalRequest request);

    void close();
  }

  /** Called one at a time, on any thread. */
  interface Events {
    /**
     * @param next to be run when the message is dealt with; no further one is read before
     */
    void message(SignalResponse response, Runnable next);

    /** The last call: the channel could not be opened, broke, or was closed by the other side. */
    void closed(String why);
  }
}
