package dev.weir.service.delegation.store;

import java.sql.Statement;
import org.flywaydb.core.api.migration.BaseJavaMigration;
import org.flywaydb.core.api.migration.Context;

/**
 * The first shape of the tables. Found by name, in every packaging, without class-path scanning.
 */
@SuppressWarnings("checkstyle:TypeName")
public final class V1__Jobs extends BaseJavaMigration {
  @Override
  public void migrate(Context context) throws Exception {
    try (Statement statement = context.getConnection().createStatement()) {
      statement.execute(
          """
          CREATE TABLE job (
            site VARCHAR(255) NOT NULL,
            delay_id VARCHAR(255) NOT NULL,
            room_id VARCHAR(255) NOT NULL,
            slot_id VARCHAR(255) NOT NULL,
            user_id VARCHAR(255) NOT NULL,
            device VARCHAR(512) NOT NULL,
            membership VARCHAR(1024) NOT NULL,
            delay_ms BIGINT NOT NULL,
            state VARCHAR(64) NOT NULL,
            alive_until BIGINT NOT NULL,
            ever_connected BOOLEAN NOT NULL,
            identities VARCHAR(16384) NOT NULL,
            rooms VARCHAR(16384) NOT NULL,
            old_ids VARCHAR(16384) NOT NULL,
            PRIMARY KEY (site, delay_id)
          )""");
      statement.execute(
          """
          CREATE TABLE job_beat (
            replica VARCHAR(64) NOT NULL PRIMARY KEY,
            at_ms BIGINT NOT NULL
          )""");
    }
  }
}
