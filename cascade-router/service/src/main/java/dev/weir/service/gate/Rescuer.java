package dev.weir.service.gate;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitRtc.LeaveRequest;

/**
 * Keeps clients in their calls: judges what nodes say to them, and when a node lets go of a client
 * that did not want to go, gets the room a living place and tells the client to join again.
 */
final class Rescuer implements Conduit.Keeper {

  private static final long PATIENCE_MILLIS = 1_000;

  private final GateTokens tokens;
  private final Conduits conduits;
  private final Kicks kicks;
  private final RejoinPace pace;
  private final RoomRescue rescue;
  private final GateCounters counters;
  private final Greeting greeting;

  Rescuer(
      GateTokens tokens,
      Conduits conduits,
      Kicks kicks,
      RejoinPace pace,
      RoomRescue rescue,
      GateCounters counters) {
    this.tokens = tokens;
    this.conduits = conduits;
    this.kicks = kicks;
    this.pace = pace;
    this.rescue = rescue;
    this.counters = counters;
    this.greeting = new Greeting(tokens);
  }

  @Override
  public CompletionStage<Leaves.Verdict> judge(Conduit conduit, LeaveRequest leave) {
    if (conduit.binding().isAtPeer() && leave.getReason() == DisconnectReason.PARTICIPANT_REMOVED) {
      // The peer's own gate has asked already whether that was meant.
      return CompletableFuture.completedFuture(Leaves.Verdict.PASS);
    }
    return Leaves.judge(leave, () -> hasNewer(conduit), () -> wasKicked(conduit))
        .thenCompose(verdict -> inTime(conduit, verdict));
  }

  @Override
  public CompletionStage<Leaves.Verdict> judgeSilence(Conduit conduit) {
    return Leaves.judgeSilence(() -> hasNewer(conduit), () -> wasKicked(conduit))
        .thenCompose(verdict -> inTime(conduit, verdict));
  }

  private CompletionStage<Leaves.Verdict> inTime(Conduit conduit, Leaves.Verdict verdict) {
    Duration pause = verdict == Leaves.Verdict.PASS ? Duration.ZERO : pace.next(conduit.who());
    if (pause.isZero()) {
      return CompletableFuture.completedFuture(verdict);
    }
    counters.slowed();
    return new CompletableFuture<Leaves.Verdict>()
        .completeOnTimeout(verdict, pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private CompletionStage<Boolean> hasNewer(Conduit conduit) {
    return soon(conduits.hasNewer(conduit.arrival()));
  }

  private CompletionStage<Boolean> wasKicked(Conduit conduit) {
    return soon(kicks.ordered(conduit.who().room(), conduit.who().identity()));
  }

  /** A memory that does not answer knows of no reason to end a session. */
  private static CompletionStage<Boolean> soon(CompletionStage<Boolean> answer) {
    return answer
        .exceptionally(broken -> false)
        .toCompletableFuture()
        .completeOnTimeout(false, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public Optional<String> refreshed(Conduit conduit, String backendToken) {
    return tokens.refreshed(conduit.who(), backendToken, !conduit.binding().isAtPeer());
  }

  @Override
  public Buffer greeting(Conduit conduit) {
    boolean atItsOwnSite = conduit.binding().isAtPeer() && conduit.who().passage().isPresent();
    // That site's gate greets it.
    return atItsOwnSite ? Buffer.buffer() : greeting.of(conduit.arrival());
  }

  @Override
  public void lost(Conduit conduit, Conduit.Loss loss) {
    if (conduit.binding().isAtPeer()) {
      // Its room is not ours to look after; where the client goes is decided when it comes.
      counters.rejoin(loss.name().toLowerCase(Locale.ROOT));
      conduit.reconnect();
      return;
    }
    rescue
        .rescue(conduit.who().room(), conduit.binding().nodeOrEmpty(), loss)
        .whenComplete(
            (living, broken) -> {
              if (broken == null && living) {
                counters.rejoin(loss.name().toLowerCase(Locale.ROOT));
                conduit.reconnect();
              } else {
                counters.gaveUp();
                conduit.giveUp();
              }
            });
  }
}
