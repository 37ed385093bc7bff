package dev.weir.relay.load;

import dev.weir.relay.dtls.DtlsIdentity;
import dev.weir.relay.loop.EventLoop;
import dev.weir.relay.session.Environment;
import dev.weir.relay.session.Mailbox;
import dev.weir.relay.signal.WebSocketDialer;
import dev.weir.relay.transport.MediaTransport;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** The threads that synthetic clients of one test share. */
public final class Clients implements AutoCloseable {
  private final SecureRandom random = new SecureRandom();
  private final WebSocketDialer dialer = new WebSocketDialer();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService timers =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("clients-timers").factory());
  private final EventLoop loop = new EventLoop("clients", Clients::fail);
  private final MediaTransport.Settings transport =
      new MediaTransport.Settings(
          DtlsIdentity.create(random, Instant.now()), random, 4 << 20, "clients");

  private static void fail(Throwable failure) {
    failure.printStackTrace();
  }

  public Environment environment() {
    return new Environment(
        dialer, new Mailbox(threads, timers, Clients::fail), loop, transport, random, "load");
  }

  public EventLoop loop() {
    return loop;
  }

  @Override
  public void close() {
    timers.shutdownNow();
    loop.close();
    dialer.close();
    threads.close();
  }
}
