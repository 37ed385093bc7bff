package dev.weir.service.delegation.store;

import io.agroal.api.AgroalDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

@Tag("real")
class PostgresJobStoreTest extends JobStoreContract {
  private static Optional<EmbeddedPostgres> postgres = Optional.empty();
  private Optional<AgroalDataSource> source = Optional.empty();

  @BeforeAll
  static void start() throws IOException {
    postgres = Optional.of(EmbeddedPostgres.builder().start());
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.orElseThrow().close();
  }

  @BeforeEach
  void open() throws SQLException {
    AgroalDataSource opened =
        Databases.open(
            postgres.orElseThrow().getJdbcUrl("postgres", "postgres"),
            Optional.of("postgres"),
            Optional.empty());
    source = Optional.of(opened);
    try (Connection connection = opened.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("DROP SCHEMA public CASCADE");
      statement.execute("CREATE SCHEMA public");
    }
  }

  @AfterEach
  void close() {
    source.ifPresent(AgroalDataSource::close);
  }

  @Override
  DataSource source() {
    return source.orElseThrow();
  }
}
