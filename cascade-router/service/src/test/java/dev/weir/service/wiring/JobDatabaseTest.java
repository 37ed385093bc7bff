package dev.weir.service.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.service.config.Configuration;
import dev.weir.service.config.ProcessRole;
import dev.weir.service.config.RouterSettings;
import dev.weir.service.config.Sites;
import dev.weir.service.delegation.TimeLine;
import dev.weir.service.delegation.store.JobStore;
import dev.weir.service.delegation.store.StoreAway;
import dev.weir.session.delegation.Delegation;
import dev.weir.session.delegation.JobKey;
import io.agroal.api.AgroalDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who opens the database of delegated leaves. */
class JobDatabaseTest {
  @TempDir Path data;
  private final List<AgroalDataSource> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(AgroalDataSource::close);
  }

  @Test
  void aGateOpensNoDatabase() throws StoreAway, IOException {
    JobStore store = store(ProcessRole.GATE);
    store.beat("gate-1", 1);
    assertThat(store.load()).isEmpty();
    store.apply(List.of());
    assertThat(opened).isEmpty();
    assertThat(files()).isEmpty();
  }

  @Test
  void aProcessWithoutADatabasePromisesToKeepNothing() {
    JobStore store = store(ProcessRole.GATE, ProcessRole.RELAY);
    Delegation leave =
        new Delegation(
            new JobKey("a", "!r:a", "m.call#ROOM", "@u:a", "D"),
            "id",
            10_000,
            "m",
            Set.of("@u:a:D"),
            Set.of("room"));
    assertThatThrownBy(() -> store.insert(leave, 1)).isInstanceOf(StoreAway.class);
  }

  @Test
  void aRouterOpensItsFile() throws StoreAway, IOException {
    store(ProcessRole.ROUTER, ProcessRole.GATE).beat("router-1", 1);
    assertThat(opened).hasSize(1);
    assertThat(files()).anyMatch(file -> file.startsWith("jobs"));
  }

  private JobStore store(ProcessRole... roles) {
    RouterSettings settings =
        new RouterSettings(
            data,
            "127.0.0.0/8",
            Set.of(roles),
            true,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return DelegationBindings.store(
        settings,
        () -> {
          opened.add(
              DelegationBindings.jobs(
                  settings, Optional.empty(), Optional.empty(), Optional.empty()));
          return opened.getLast();
        },
        new TimeLine(),
        new NoSites(),
        InstantSource.system());
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.list(data)) {
      return all.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static final class NoSites implements Configuration {
    @Override
    public Sites current() {
      return new Sites(List.of());
    }

    @Override
    public void onChange(Consumer<Sites> listener) {
      // Nothing ever changes.
    }
  }
}
