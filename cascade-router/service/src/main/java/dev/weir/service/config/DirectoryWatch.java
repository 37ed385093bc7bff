package dev.weir.service.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Looks at the configuration directory every second. Looking, unlike file events, also works for
 * directories that Kubernetes swaps by symbolic link, and on every file system.
 */
final class DirectoryWatch implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(DirectoryWatch.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final WatchedConfiguration configuration;
  private final ScheduledExecutorService timer;
  private String seen = "";

  private DirectoryWatch(WatchedConfiguration configuration) {
    this.configuration = configuration;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("weir-config").factory());
  }

  static DirectoryWatch fixed(Sites sites) {
    return new DirectoryWatch(new WatchedConfiguration(sites));
  }

  /** Fails at once when the directory cannot be used. */
  static DirectoryWatch of(Path directory) {
    String fingerprint = ConfigDirectory.fingerprint(directory);
    DirectoryWatch watch =
        new DirectoryWatch(new WatchedConfiguration(ConfigDirectory.read(directory)));
    watch.seen = fingerprint;
    var unused =
        watch.timer.scheduleWithFixedDelay(
            () -> watch.look(directory),
            INTERVAL.toMillis(),
            INTERVAL.toMillis(),
            TimeUnit.MILLISECONDS);
    return watch;
  }

  Configuration configuration() {
    return configuration;
  }

  private void look(Path directory) {
    String now = ConfigDirectory.fingerprint(directory);
    if (now.equals(seen)) {
      return;
    }
    seen = now;
    try {
      configuration.replace(ConfigDirectory.read(directory));
      LOG.info("event=configuration-applied");
    } catch (ConfigurationException e) {
      // The last good configuration stays: a typing mistake must not end calls.
      e.problems()
          .forEach(problem -> LOG.errorf("event=configuration-refused problem=\"%s\"", problem));
    } catch (RuntimeException e) {
      LOG.error("event=configuration-unreadable", e);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
