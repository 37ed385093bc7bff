package dev.weir.relay.session;

import dev.weir.relay.PullGrant;
import dev.weir.relay.PullSource;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Shares one grant between the three pulls of a leg, and asks for another when it is old or did not
 * work.
 */
final class GrantKeeper {
  private static final Duration MARGIN = Duration.ofSeconds(30);

  private final InstantSource clock;
  private PullSource source;
  private @Nullable CompletionStage<PullGrant> asked;
  private @Nullable PullGrant grant;

  GrantKeeper(InstantSource clock, PullSource source) {
    this.clock = clock;
    this.source = source;
  }

  synchronized void source(PullSource now) {
    source = now;
  }

  /** The grant to join with. */
  synchronized CompletionStage<PullGrant> current() {
    PullGrant held = grant;
    if (held != null && clock.instant().plus(MARGIN).isBefore(held.expires())) {
      return CompletableFuture.completedFuture(held);
    }
    if (asked == null) {
      asked = ask();
    }
    return asked;
  }

  private CompletionStage<PullGrant> ask() {
    CompletableFuture<PullGrant> result = new CompletableFuture<>();
    // Not under the lock, and never before `asked` is set: the source may answer at once.
    Thread.startVirtualThread(
        () -> {
          try {
            source().grant().whenComplete((fresh, failure) -> answered(result, fresh, failure));
          } catch (RuntimeException e) {
            answered(result, null, e);
          }
        });
    return result;
  }

  private synchronized PullSource source() {
    return source;
  }

  private void answered(
      CompletableFuture<PullGrant> result, @Nullable PullGrant fresh, @Nullable Throwable failure) {
    synchronized (this) {
      asked = null;
      grant = fresh;
    }
    if (fresh != null) {
      result.complete(fresh);
    } else {
      result.completeExceptionally(
          failure == null ? new IllegalStateException("the source gave no grant") : failure);
    }
  }

  /** A join with this grant failed: it is not used again. */
  synchronized void failed(PullGrant bad) {
    if (bad.equals(grant)) {
      grant = null;
    }
  }
}
