package dev.weir.service.slots;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.weir.service.config.RouterSettings;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Starts the shared memory beside the framework instead of after it: each takes a processor for a
 * second or two, and clients wait for a router that starts.
 */
public final class EarlyStart {
  private static final AtomicReference<Optional<CompletableFuture<HazelcastInstance>>> BEGUN =
      new AtomicReference<>(Optional.empty());

  private EarlyStart() {}

  /** To be called once, by the process, before the framework is started. */
  public static void begin(RouterSettings settings) {
    CompletableFuture<HazelcastInstance> instance = new CompletableFuture<>();
    BEGUN.set(Optional.of(instance));
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    Thread thread =
        Thread.ofPlatform()
            .name("weir-early-start")
            .daemon()
            .unstarted(
                () -> {
                  try {
                    instance.complete(Hazelcast.newHazelcastInstance(Cluster.config(settings)));
                  } catch (RuntimeException e) {
                    instance.completeExceptionally(e);
                  }
                });
    thread.setContextClassLoader(loader);
    thread.start();
  }

  /** What was begun, once it is there; nothing in a process that did not begin early. */
  static Optional<HazelcastInstance> take() {
    return BEGUN.getAndSet(Optional.empty()).map(CompletableFuture::join);
  }
}
