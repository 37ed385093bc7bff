package dev.weir.service.replicas;

import dev.weir.relay.dtls.DtlsIdentity;
import dev.weir.relay.loop.EventLoop;
import dev.weir.relay.session.Doorway;
import dev.weir.relay.session.Environment;
import dev.weir.relay.session.Mailbox;
import dev.weir.relay.signal.WebSocketDialer;
import dev.weir.relay.transport.MediaTransport;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** The callers of one test, and the threads that they share. */
final class Crowd implements AutoCloseable {
  private final SecureRandom random = new SecureRandom();
  private final WebSocketDialer dialer = new WebSocketDialer();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService timers =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("callers-timers").factory());
  private final EventLoop loop = new EventLoop("callers", Throwable::printStackTrace);
  private final MediaTransport.Settings transport =
      new MediaTransport.Settings(
          DtlsIdentity.create(random, Instant.now()), random, 1 << 20, "callers");
  private final List<Caller> callers = new ArrayList<>();

  Environment environment() {
    return new Environment(
        dialer,
        new Doorway(),
        new Mailbox(threads, timers, Throwable::printStackTrace),
        loop,
        transport,
        random,
        "replicas");
  }

  /** Somebody who listens. */
  Caller join(String name, Deployment.Token token) {
    return join(new Caller(this, name, token, false));
  }

  /** Somebody who talks all the time. */
  Caller talk(String name, Deployment.Token token) {
    return join(new Caller(this, name, token, true));
  }

  private Caller join(Caller caller) {
    callers.add(caller);
    caller.awaitUp();
    return caller;
  }

  List<Caller> all() {
    return callers;
  }

  @Override
  public void close() {
    callers.forEach(Caller::close);
    timers.shutdownNow();
    loop.close();
    dialer.close();
    threads.shutdownNow();
  }
}
