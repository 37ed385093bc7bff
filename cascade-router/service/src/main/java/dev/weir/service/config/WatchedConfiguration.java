package dev.weir.service.config;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Holds the snapshot that is in force, and tells who wants to know of a new one. */
public final class WatchedConfiguration implements Configuration {
  private static final Logger LOG = Logger.getLogger(WatchedConfiguration.class);

  private final List<Consumer<Sites>> listeners = new CopyOnWriteArrayList<>();
  private volatile Sites current;

  public WatchedConfiguration(Sites first) {
    this.current = first;
  }

  @Override
  public Sites current() {
    return current;
  }

  @Override
  public synchronized void onChange(Consumer<Sites> listener) {
    listeners.add(listener);
    listener.accept(current);
  }

  public synchronized void replace(Sites next) {
    current = next;
    for (Consumer<Sites> listener : listeners) {
      try {
        listener.accept(next);
      } catch (RuntimeException e) {
        // One listener's trouble must not keep the others at the old configuration.
        LOG.error("event=configuration-listener-failed", e);
      }
    }
  }
}
