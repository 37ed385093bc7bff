package dev.weir.relay.session;

import dev.weir.relay.PullGrant;
import dev.weir.relay.PullSource;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Shares one grant between the three pulls of a leg, and asks for another when it is old or did not work. */
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

  void source(PullSource now) {
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
    CompletionStage<PullGrant> answer;
    try {
      answer = source.grant();
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    CompletableFuture<PullGrant> result = new CompletableFuture<>();
    answer.whenComplete(
        (fresh, failure) -> {
          synchronized (this) {
            asked = null;
            grant = fresh;
          }
          if (failure != null) {
            result.completeExceptionally(failure);
          } else {
            result.complete(fresh);
          }
        });
    return result;
  }

  /** A join with this grant failed: it is not used again. */
  synchronized void failed(PullGrant bad) {
    if (bad.equals(grant)) {
      grant = null;
    }
  }
}
