package dev.weir.relay.dtls;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Handshakes with itself, so that those of the first call do not wait for classes to be loaded and
 * compiled: the first handshake of a process takes several times as long as the tenth.
 */
public final class Rehearsal {
  private static final int TIMES = 6;
  private static final int PATIENCE_SECONDS = 10;

  private Rehearsal() {}

  /** Runs on a thread of its own and ends by itself. */
  public static void start(DtlsIdentity identity) {
    Thread.ofVirtual().name("dtls-rehearsal").start(() -> run(identity));
  }

  private static void run(DtlsIdentity identity) {
    for (int i = 0; i < TIMES; i++) {
      Side client = new Side();
      Side server = new Side();
      client.other = server;
      server.other = client;
      server.peer.start(identity, identity.fingerprint(), false, "rehearsal");
      client.peer.start(identity, identity.fingerprint(), true, "rehearsal");
      // Whatever comes of it: a rehearsal that fails leaves things as they were.
      CompletableFuture.allOf(client.over, server.over)
          .completeOnTimeout(null, PATIENCE_SECONDS, TimeUnit.SECONDS)
          .join();
      List.of(client, server).forEach(side -> side.peer.close());
    }
  }

  private static final class Side implements DtlsPeer.Events {
    final DtlsPeer peer = new DtlsPeer(this);
    final CompletableFuture<Void> over = new CompletableFuture<>();
    @org.jspecify.annotations.Nullable Side other;

    @Override
    public void send(byte[] bytes, int off, int len) {
      Side to = other;
      if (to != null) {
        to.peer.feed(bytes, off, len);
      }
    }

    @Override
    public void ready(DtlsKeys keys) {
      over.complete(null);
    }

    @Override
    public void ended(String why) {
      over.complete(null);
    }
  }
}
