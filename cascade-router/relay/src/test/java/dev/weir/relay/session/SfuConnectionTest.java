package dev.weir.relay.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.relay.dtls.DtlsIdentity;
import dev.weir.relay.loop.EventLoop;
import dev.weir.relay.sdp.SdpAnswer;
import dev.weir.relay.signal.SignalDialer;
import dev.weir.relay.transport.MediaTransport;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a connection says to its server when that sends it away. */
class SfuConnectionTest {
  private final List<String> done = new CopyOnWriteArrayList<>();
  private final SecureRandom random = new SecureRandom();
  private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
  private final EventLoop loop = new EventLoop("connection", Throwable::printStackTrace);
  private final Mailbox mailbox =
      new Mailbox(Runnable::run, timers, failure -> done.add(failure.toString()));
  private final CompletableFuture<SignalDialer.Events> server = new CompletableFuture<>();

  @AfterEach
  void stop() {
    timers.shutdownNow();
    loop.close();
  }

  /** The node that it was moved from would wait for it, and not end while it waits. */
  @Test
  void whoIsToldToComeAgainElsewhereSaysGoodbyeFirst() throws Exception {
    connection();

    says(LeaveRequest.Action.RECONNECT);

    assertThat(done).containsExactly("sent LEAVE", "closed", "lost Reconnect");
  }

  @Test
  void whoIsSentAwayHasNothingToSay() throws Exception {
    connection();

    says(LeaveRequest.Action.DISCONNECT);

    assertThat(done).containsExactly("closed", "lost Removed");
  }

  private void says(LeaveRequest.Action action) throws Exception {
    server
        .get(5, TimeUnit.SECONDS)
        .message(
            SignalResponse.newBuilder()
                .setLeave(LeaveRequest.newBuilder().setAction(action))
                .build(),
            () -> {});
  }

  private void connection() throws Exception {
    SignalDialer dialer =
        (url, token, join, guard, events) -> {
          server.complete(events);
          return new SignalDialer.Channel() {
            @Override
            public void send(SignalRequest request) {
              done.add("sent " + request.getMessageCase());
            }

            @Override
            public void close() {
              done.add("closed");
            }
          };
        };
    MediaTransport.Settings transport =
        new MediaTransport.Settings(
            DtlsIdentity.create(random, Instant.now()), random, 64 * 1024, "test");
    new SfuConnection(
            new Environment(dialer, new Doorway(), mailbox, loop, transport, random, "test"),
            address -> false,
            new Silence(),
            new Heard())
        .join(URI.create("ws://127.0.0.1:1"), "token", JoinRequest.newBuilder());
  }

  private static final class Silence implements MediaPackets {
    @Override
    public void rtp(byte[] bytes, int off, int len, long arrivalNanos) {}

    @Override
    public void rtcp(byte[] bytes, int off, int len, long arrivalNanos) {}

    @Override
    public void up(MediaTransport transport) {}
  }

  private final class Heard implements SfuEvents {
    @Override
    public void joined(JoinResponse join) {}

    @Override
    public void up() {}

    @Override
    public void answered(SdpAnswer answer, Map<String, String> midToTrack) {}

    @Override
    public void resumed() {}

    @Override
    public void message(SignalResponse message) {}

    @Override
    public void lost(Loss loss) {
      done.add("lost " + loss.getClass().getSimpleName());
    }

    @Override
    public void refused(String what) {}
  }
}
