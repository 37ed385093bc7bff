package dev.weir.relay.session;

import dev.weir.relay.loop.EventLoop;
import dev.weir.relay.signal.SignalDialer;
import dev.weir.relay.transport.MediaTransport;
import java.util.random.RandomGenerator;
import livekit.LivekitModels.ClientInfo;

/** What the sessions of one leg share. */
public record Environment(
    SignalDialer dialer,
    Doorway doorway,
    Mailbox mailbox,
    EventLoop loop,
    MediaTransport.Settings transport,
    RandomGenerator random,
    String clientName) {
  private static final int PROTOCOL = 16;

  /** What this side says of itself. */
  ClientInfo clientInfo() {
    return ClientInfo.newBuilder()
        .setSdk(ClientInfo.SDK.GO)
        .setVersion("2.0.0")
        .setProtocol(PROTOCOL)
        .setOs(clientName)
        .build();
  }
}
