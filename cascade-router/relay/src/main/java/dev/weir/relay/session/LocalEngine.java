package dev.weir.relay.session;

import dev.weir.relay.LegListener;
import dev.weir.relay.LegSpec;
import dev.weir.relay.LegState;
import dev.weir.relay.RelayEngine;
import dev.weir.relay.RelaySettings;
import dev.weir.relay.dtls.DtlsIdentity;
import dev.weir.relay.dtls.Rehearsal;
import dev.weir.relay.loop.EventLoop;
import dev.weir.relay.signal.WebSocketDialer;
import dev.weir.relay.transport.MediaTransport;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The engine of this process: its loops, and the legs that are spread over them. */
public final class LocalEngine implements RelayEngine {
  private static final System.Logger LOG = System.getLogger("dev.weir.relay");
  private static final long GOODBYE_MILLIS = 400;

  private final RelaySettings settings;
  private final LegListener listener;
  private final InstantSource clock = InstantSource.system();
  private final SecureRandom random = new SecureRandom();
  private final WebSocketDialer sockets = new WebSocketDialer();
  private final LateJoins dialer = new LateJoins(sockets);
  private final Doorway doorway = new Doorway();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService timers;
  private final List<EventLoop> loops = new ArrayList<>();
  private final MediaTransport.Settings transport;
  private final Map<String, Running> legs = new HashMap<>();
  private boolean closed;

  private record Running(LegSpec spec, Leg leg, int loop) {}

  private LocalEngine(RelaySettings settings, LegListener listener) {
    this.settings = settings;
    this.listener = listener;
    this.timers =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name(settings.name() + "-relay-timers").factory());
    Consumer<Throwable> failures = LocalEngine::unexpected;
    for (int i = 0; i < Math.max(1, settings.loops()); i++) {
      loops.add(new EventLoop(settings.name() + "-relay-" + i, failures));
    }
    this.transport =
        new MediaTransport.Settings(
            DtlsIdentity.create(random, Instant.now()),
            random,
            settings.socketBuffer(),
            settings.name());
  }

  public static LocalEngine start(RelaySettings settings, LegListener listener) {
    LocalEngine engine = new LocalEngine(settings, listener);
    Rehearsal.start(engine.transport.identity());
    return engine;
  }

  private static void unexpected(Throwable failure) {
    LOG.log(System.Logger.Level.ERROR, "relay.unexpected", failure);
  }

  @Override
  public synchronized void open(LegSpec spec) {
    if (closed) {
      throw new IllegalStateException("the engine is closed");
    }
    Running running = legs.get(spec.id());
    if (running != null) {
      if (!running.spec().equals(spec)) {
        legs.put(spec.id(), new Running(spec, running.leg(), running.loop()));
        running.leg().update(spec);
      }
      return;
    }
    int loop = leastLoaded();
    Environment environment =
        new Environment(
            dialer,
            doorway,
            new Mailbox(threads, timers, LocalEngine::unexpected),
            loops.get(loop),
            transport,
            random,
            settings.name());
    Leg leg = new Leg(spec, environment, settings, listener, clock);
    legs.put(spec.id(), new Running(spec, leg, loop));
    leg.start();
  }

  private int leastLoaded() {
    int[] count = new int[loops.size()];
    legs.values().forEach(running -> count[running.loop()]++);
    int best = 0;
    for (int i = 1; i < count.length; i++) {
      if (count[i] < count[best]) {
        best = i;
      }
    }
    return best;
  }

  @Override
  public synchronized void close(String legId) {
    Running running = legs.remove(legId);
    if (running != null) {
      running.leg().close();
    }
  }

  @Override
  public synchronized List<LegState> states() {
    return legs.values().stream().map(running -> running.leg().state()).toList();
  }

  @Override
  public void close() {
    List<Running> all;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      all = List.copyOf(legs.values());
      legs.clear();
    }
    all.forEach(running -> running.leg().close());
    try {
      if (!all.isEmpty()) {
        TimeUnit.MILLISECONDS.sleep(GOODBYE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    timers.shutdownNow();
    loops.forEach(EventLoop::close);
    sockets.close();
    threads.close();
  }
}
