package dev.weir.relay.load;

import dev.weir.relay.dtls.DtlsIdentity;
import dev.weir.relay.loop.EventLoop;
import dev.weir.relay.session.Doorway;
import dev.weir.relay.session.Environment;
import dev.weir.relay.session.Mailbox;
import dev.weir.relay.signal.SignalDialer;
import dev.weir.relay.signal.WebSocketDialer;
import dev.weir.relay.transport.MediaTransport;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import livekit.LivekitRtc.SignalResponse;

/** The threads that synthetic clients of one test share. */
public final class Clients implements AutoCloseable {
  private final SecureRandom random = new SecureRandom();
  private final WebSocketDialer sockets = new WebSocketDialer();
  private final SignalDialer dialer;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService timers =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("clients-timers").factory());
  private final EventLoop loop = new EventLoop("clients", Clients::fail);
  private final MediaTransport.Settings transport =
      new MediaTransport.Settings(
          DtlsIdentity.create(random, Instant.now()), random, 4 << 20, "clients");

  public Clients() {
    this.dialer = sockets;
  }

  private Clients(String from, String to) {
    this.dialer =
        (url, token, join, guard, events) ->
            sockets.dial(url, token, join, guard, new Rerouted(events, from, to));
  }

  /** Clients that do not go through the {@link FaultyLink} of servers that stand behind one. */
  public static Clients pastTheLink() {
    return new Clients(FaultyLink.ADDRESS, "127.0.0.1");
  }

  /** Replaces an address in what a server says of itself. */
  private record Rerouted(SignalDialer.Events events, String from, String to)
      implements SignalDialer.Events {
    @Override
    public void message(SignalResponse response, Runnable next) {
      SignalResponse.Builder rerouted = response.toBuilder();
      if (response.hasAnswer()) {
        rerouted.getAnswerBuilder().setSdp(response.getAnswer().getSdp().replace(from, to));
      }
      if (response.hasTrickle()) {
        String candidate = response.getTrickle().getCandidateInit();
        rerouted.getTrickleBuilder().setCandidateInit(candidate.replace(from, to));
      }
      events.message(rerouted.build(), next);
    }

    @Override
    public void closed(String why) {
      events.closed(why);
    }
  }

  private static void fail(Throwable failure) {
    failure.printStackTrace();
  }

  public Environment environment() {
    return new Environment(
        dialer,
        new Doorway(),
        new Mailbox(threads, timers, Clients::fail),
        loop,
        transport,
        random,
        "load");
  }

  public EventLoop loop() {
    return loop;
  }

  @Override
  public void close() {
    timers.shutdownNow();
    loop.close();
    sockets.close();
    threads.close();
  }
}
