package dev.weir.service.gate;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SignalResponse;

/**
 * One client's connection, carried to one backend. All of it happens on one event loop, without
 * locks; only {@link #reconnect} and {@link #giveUp} may be called from elsewhere.
 *
 * <p>Bytes of the client go to the backend as they came. Bytes of the backend go through {@link
 * ServerFrames}. When the backend is lost the client's side stays open ({@code HELD}): a client
 * that is told RECONNECT on a living WebSocket is back in a second, one that loses it may never be.
 */
final class Conduit {
  /** Why a connection cannot go on at its backend. */
  enum Loss {
    BROKEN,
    FATAL_LEAVE,
    NODE_LEAVING
  }

  /** What the gate does for its conduits. */
  interface Keeper {
    /** Asked on the event loop, so it must not block; it may answer later. */
    CompletionStage<Leaves.Verdict> judge(Conduit conduit, LeaveRequest leave);

    /** As {@link #judge}, of a node that closes without a leave. */
    CompletionStage<Leaves.Verdict> judgeSilence(Conduit conduit);

    Optional<String> refreshed(Conduit conduit, String backendToken);

    /** Whole frames for a client that has just been let in. */
    Buffer greeting(Conduit conduit);

    /** Must lead to {@link #reconnect} once the client can join again, or to {@link #giveUp}. */
    void lost(Conduit conduit, Loss loss);
  }

  /** Going away: a client that is told so retries. */
  private static final int SERVICE_RESTART = 1012;

  private static final Duration GOODBYE = Duration.ofSeconds(3);

  /**
   * LiveKit's clients are busy with joining for two seconds at least, and forget a leave that they
   * hear meanwhile.
   */
  private static final Duration REMINDER = Duration.ofSeconds(1);

  private static final ServerFrames.Verdict PASS = new ServerFrames.Verdict.Pass();
  private static final ServerFrames.Verdict DROP = new ServerFrames.Verdict.Drop();

  private final Vertx vertx;
  private final Context context;
  private final Arrival arrival;
  private final Binding binding;
  private final GateSettings settings;
  private final Keeper keeper;
  private final NetSocket client;
  private final NetSocket backend;
  private final NativeArrivals.Way way;
  private final Consumer<Conduit> atEnd;
  private final ClientFrames clientFrames = new ClientFrames();
  private final ServerFrames serverFrames = new ServerFrames(new Reading());

  private final AtomicBoolean asked = new AtomicBoolean();
  private boolean backendOpen = true;
  private boolean goodbye;
  private boolean lost;
  private boolean toldToRejoin;
  private boolean rejoinDue;
  private boolean greeted;

  /** While a node lives it can wait until the client is connected to it. */
  private boolean connecting;

  /** A leave is held back until it is clear what it means. */
  private boolean judging;

  private boolean closeHeldBack;
  private boolean ended;
  private long reminders = -1;

  Conduit(
      Vertx vertx,
      Arrival arrival,
      Binding binding,
      GateSettings settings,
      Keeper keeper,
      NetSocket client,
      Entrance.Entered entered,
      Consumer<Conduit> atEnd) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.arrival = arrival;
    this.binding = binding;
    this.settings = settings;
    this.connecting = !arrival.who().rejoins();
    this.keeper = keeper;
    this.client = client;
    this.backend = entered.backend();
    this.way = entered.way();
    this.atEnd = atEnd;
  }

  Arrival arrival() {
    return arrival;
  }

  Admission who() {
    return arrival.who();
  }

  Binding binding() {
    return binding;
  }

  /** Begins to carry; to be called on the event loop of both sockets. */
  void carry(Buffer early) {
    client.exceptionHandler(broken -> {});
    backend.exceptionHandler(broken -> {});
    client.closeHandler(gone -> end());
    backend.closeHandler(gone -> backendGone());
    client.handler(this::fromClient);
    backend.handler(this::fromBackend);
    if (connecting) {
      vertx.setTimer(settings.firstConnection().toMillis(), late -> connected());
    }
    if (early.length() > 0) {
      fromBackend(early);
    }
    client.resume();
    backend.resume();
  }

  /**
   * Tells the client to join again, and goes on telling it until it goes. Asking twice is asking
   * once.
   *
   * @return whether this was the first call
   */
  boolean reconnect() {
    if (!asked.compareAndSet(false, true)) {
      return false;
    }
    context.runOnContext(
        now -> {
          rejoinDue = true;
          tellIfPossible();
        });
    return true;
  }

  /** Closes the client's side: its own retries are all that is left. */
  void giveUp() {
    context.runOnContext(now -> sayGoodbye(SERVICE_RESTART));
  }

  private void fromClient(Buffer bytes) {
    ClientFrames.Seen seen = clientFrames.feed(bytes);
    if (seen.closeCode() > 0) {
      sayGoodbye(seen.closeCode());
      return;
    }
    if (backendOpen) {
      backend.write(bytes);
      if (backend.writeQueueFull()) {
        client.pause();
        backend.drainHandler(drained -> client.resume());
      }
    }
    if (seen == ClientFrames.Seen.CLOSE) {
      if (backendOpen) {
        goodbye = true;
        endLater(GOODBYE);
      } else {
        sayGoodbye(FrameHead.NORMAL);
      }
    }
  }

  private void fromBackend(Buffer bytes) {
    if (ended) {
      return;
    }
    Buffer out = serverFrames.feed(bytes);
    if (out.length() > 0) {
      client.write(out);
      if (client.writeQueueFull()) {
        backend.pause();
        client.drainHandler(drained -> backend.resume());
      }
    }
    greetIfPossible();
    tellIfPossible();
  }

  private void greetIfPossible() {
    if (!greeted && serverFrames.joined() && serverFrames.atBoundary()) {
      greeted = true;
      if (!toldToRejoin && !goodbye) {
        client.write(keeper.greeting(this));
      }
    }
  }

  private void connected() {
    connecting = false;
    tellIfPossible();
  }

  private void tellIfPossible() {
    if (!rejoinDue || toldToRejoin || goodbye || ended || (connecting && backendOpen)) {
      return;
    }
    if (serverFrames.atBoundary()) {
      client.write(Signals.reconnect());
      told();
    } else if (!backendOpen) {
      // Cut in the middle of a message too long to be held back: nothing can be injected.
      sayGoodbye(SERVICE_RESTART);
    }
  }

  private void told() {
    toldToRejoin = true;
    reminders = vertx.setPeriodic(REMINDER.toMillis(), due -> remind());
    endLater(settings.rescue());
  }

  private void remind() {
    if (!goodbye && serverFrames.atBoundary()) {
      client.write(Signals.reconnect());
    }
  }

  private void backendGone() {
    backendOpen = false;
    way.over();
    tellIfPossible();
    if (ended || toldToRejoin || judging) {
      return;
    }
    if (goodbye) {
      end();
      return;
    }
    lose(Loss.BROKEN);
  }

  private void lose(Loss loss) {
    if (!lost && !ended) {
      lost = true;
      keeper.lost(this, loss);
      endLater(settings.rescue());
    }
  }

  private void sayGoodbye(int code) {
    if (!ended) {
      goodbye = true;
      client.write(FrameHead.close(code)).onComplete(written -> end());
    }
  }

  private void endLater(Duration patience) {
    vertx.setTimer(
        patience.toMillis(),
        late -> {
          if (goodbye) {
            end();
          } else {
            sayGoodbye(SERVICE_RESTART);
          }
        });
  }

  private void end() {
    if (!ended) {
      ended = true;
      vertx.cancelTimer(reminders);
      client.close();
      backend.close();
      atEnd.accept(this);
    }
  }

  /** What the node says to this client. */
  private final class Reading implements ServerFrames.Reader {

    @Override
    public ServerFrames.Verdict read(byte[] message) {
      return Signals.read(message).map(signal -> judged(signal, message)).orElse(PASS);
    }

    private ServerFrames.Verdict judged(SignalResponse signal, byte[] message) {
      return switch (signal.getMessageCase()) {
        case LEAVE -> left(signal.getLeave(), message);
        case REFRESH_TOKEN ->
            keeper
                .refreshed(Conduit.this, signal.getRefreshToken())
                .<ServerFrames.Verdict>map(
                    token -> new ServerFrames.Verdict.Replace(Signals.refreshToken(token)))
                .orElse(DROP);
        default -> PASS;
      };
    }

    private ServerFrames.Verdict left(LeaveRequest leave, byte[] message) {
      var verdict = keeper.judge(Conduit.this, leave).toCompletableFuture();
      if (verdict.isDone() && !verdict.isCompletedExceptionally()) {
        return left(leave, verdict.join());
      }
      judge(verdict, found -> judgedLater(leave, message, found));
      return DROP;
    }

    private void judge(
        CompletionStage<Leaves.Verdict> verdict, Consumer<Leaves.Verdict> whatFollows) {
      judging = true;
      verdict.whenComplete(
          (found, broken) ->
              context.runOnContext(
                  now -> {
                    judging = false;
                    if (!ended && !toldToRejoin) {
                      whatFollows.accept(found == null ? Leaves.Verdict.REJOIN : found);
                    }
                  }));
    }

    private void judgedLater(LeaveRequest leave, byte[] message, Leaves.Verdict verdict) {
      if (left(leave, verdict) != PASS) {
        return;
      }
      if (serverFrames.atBoundary()) {
        client.write(FrameHead.frame(FrameHead.BINARY, message));
      }
      if (closeHeldBack || !backendOpen) {
        sayGoodbye(FrameHead.NORMAL);
      }
    }

    private ServerFrames.Verdict left(LeaveRequest leave, Leaves.Verdict verdict) {
      return switch (verdict) {
        case PASS -> {
          // The node closes now, and the client expects it to.
          goodbye = goodbye || leave.getAction() == LeaveRequest.Action.DISCONNECT;
          if (leave.getAction() == LeaveRequest.Action.RECONNECT && !toldToRejoin) {
            told();
          }
          yield PASS;
        }
        case REJOIN -> {
          lose(Loss.FATAL_LEAVE);
          yield DROP;
        }
        case REJOIN_ELSEWHERE -> {
          lose(Loss.NODE_LEAVING);
          yield DROP;
        }
      };
    }

    @Override
    public boolean closing(int code) {
      if (judging) {
        closeHeldBack = true;
        return false;
      }
      if (lost || toldToRejoin) {
        // The end of what was turned into joining again: the client is to hear only of that.
        return false;
      }
      if (!goodbye && code == FrameHead.NORMAL) {
        judge(keeper.judgeSilence(Conduit.this), this::silenceJudged);
        return false;
      }
      goodbye = true;
      return true;
    }

    private void silenceJudged(Leaves.Verdict verdict) {
      if (verdict == Leaves.Verdict.PASS) {
        sayGoodbye(FrameHead.NORMAL);
      } else {
        lose(Loss.BROKEN);
      }
    }
  }
}
