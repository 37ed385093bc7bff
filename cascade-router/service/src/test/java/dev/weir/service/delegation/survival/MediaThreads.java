package dev.weir.service.delegation.survival;

import dev.weir.relay.dtls.DtlsIdentity;
import dev.weir.relay.loop.EventLoop;
import dev.weir.relay.session.Doorway;
import dev.weir.relay.session.Environment;
import dev.weir.relay.session.Mailbox;
import dev.weir.relay.signal.WebSocketDialer;
import dev.weir.relay.transport.MediaTransport;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jboss.logging.Logger;

/** What all participants of a test share. */
final class MediaThreads implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(MediaThreads.class);

  private final SecureRandom random = new SecureRandom();
  private final WebSocketDialer dialer = new WebSocketDialer();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService timers =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("people-timers").factory());
  private final EventLoop loop = new EventLoop("people", MediaThreads::failed);
  private final MediaTransport.Settings transport =
      new MediaTransport.Settings(
          DtlsIdentity.create(random, Instant.now()), random, 4 << 20, "people");

  private static void failed(Throwable failure) {
    LOG.error("a participant of the test failed", failure);
  }

  Environment environment() {
    return new Environment(
        dialer,
        new Doorway(),
        new Mailbox(threads, timers, MediaThreads::failed),
        loop,
        transport,
        random,
        "test");
  }

  @Override
  public void close() {
    timers.shutdownNow();
    loop.close();
    dialer.close();
    threads.close();
  }
}
