package dev.weir.relay.session;

import dev.weir.relay.loop.EventLoop;
import dev.weir.relay.signal.SignalDialer;
import dev.weir.relay.transport.MediaTransport;
import java.util.random.RandomGenerator;

/** What the sessions of one leg share. */
public record Environment(
    SignalDialer dialer,
    Mailbox mailbox,
    EventLoop loop,
    MediaTransport.Settings transport,
    RandomGenerator random,
    String clientName) {}
