package dev.weir.service.delegation.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agroal.api.AgroalDataSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdbcJobStoreTest extends JobStoreContract {
  @TempDir private Path folder;
  private Optional<AgroalDataSource> source = Optional.empty();

  @BeforeEach
  void open() {
    source =
        Optional.of(
            Databases.open(
                "jdbc:h2:file:" + folder.resolve("jobs"), Optional.empty(), Optional.empty()));
  }

  @AfterEach
  void close() {
    source.ifPresent(AgroalDataSource::close);
  }

  @Override
  DataSource source() {
    return source.orElseThrow();
  }

  @Test
  void livesInAFileOfItsFolder() throws StoreAway {
    store().beat("r1", 1);
    assertThat(Files.exists(folder.resolve("jobs.mv.db"))).isTrue();
  }

  @Test
  void refusesADatabaseThatItDoesNotKnow() {
    assertThatThrownBy(
            () -> Databases.open("jdbc:oracle:thin:x", Optional.empty(), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("jdbc:postgresql:");
  }
}
