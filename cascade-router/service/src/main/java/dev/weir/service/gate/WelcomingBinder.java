package dev.weir.service.gate;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** A binder that lets the relay make way before a client is sent to a node of ours. */
final class WelcomingBinder implements Binding.Binder {

  /** A little over what the leases allow; the arrival does not wait for a relay that hangs. */
  private static final long PATIENCE_MILLIS = 400;

  private final Binding.Binder binder;
  private final NativeArrivals arrivals;

  WelcomingBinder(Binding.Binder binder, NativeArrivals arrivals) {
    this.binder = binder;
    this.arrivals = arrivals;
  }

  @Override
  public CompletionStage<Binding> bind(Admission who, boolean refusedBefore, Duration patience) {
    return binder
        .bind(who, refusedBefore, patience)
        .thenCompose(
            binding ->
                // A peer's gate makes its own relay leave.
                binding.isAtPeer()
                    ? CompletableFuture.completedFuture(binding)
                    : arrivals
                        .arriving(who.room(), binding.nodeOrEmpty(), who.identity())
                        .toCompletableFuture()
                        .orTimeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                        .handle((made, late) -> binding));
  }

  @Override
  public boolean holds(Admission who, Binding binding) {
    return binder.holds(who, binding);
  }
}
