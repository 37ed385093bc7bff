package dev.weir.service.delegation.store;

import dev.weir.service.delegation.TimeLine;
import dev.weir.session.delegation.Delegation;
import dev.weir.session.delegation.JobKey;
import dev.weir.session.delegation.JobState;
import dev.weir.session.delegation.Snapshot;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * Jobs in a database. The tables are made or brought up to date when the database first answers,
 * which may be long after the router has started.
 */
public final class JdbcJobStore implements JobStore {
  private static final String UPDATE =
      """
      UPDATE job SET room_id = ?, slot_id = ?, user_id = ?, device = ?, membership = ?,
        delay_ms = ?, state = ?, alive_until = ?, ever_connected = ?, identities = ?, rooms = ?,
        old_ids = ? WHERE site = ? AND delay_id = ?""";
  private static final String INSERT =
      """
      INSERT INTO job (room_id, slot_id, user_id, device, membership, delay_ms, state, alive_until,
        ever_connected, identities, rooms, old_ids, site, delay_id)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";
  private static final String DELETE = "DELETE FROM job WHERE site = ? AND delay_id = ?";
  private static final int BATCH = 500;
  private static final int LONGEST_LIST = 16_384;

  private final DataSource source;
  private final TimeLine time;
  private final ReentrantLock migrating = new ReentrantLock();
  private volatile boolean migrated;

  public JdbcJobStore(DataSource source, TimeLine time) {
    this.source = source;
    this.time = time;
  }

  private interface Work<T> {
    T in(Connection connection) throws SQLException;
  }

  private <T> T transaction(Work<T> work) throws StoreAway {
    migrate();
    try (Connection connection = source.getConnection()) {
      connection.setAutoCommit(false);
      try {
        T result = work.in(connection);
        connection.commit();
        return result;
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      }
    } catch (SQLException e) {
      throw new StoreAway("the job database did not answer", e);
    }
  }

  private void migrate() throws StoreAway {
    if (migrated) {
      return;
    }
    try {
      // A request must not queue behind a database that is away.
      if (!migrating.tryLock(2, TimeUnit.SECONDS)) {
        throw new StoreAway("the job database is not ready", new IllegalStateException("locked"));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreAway("interrupted", e);
    }
    try {
      if (!migrated) {
        Flyway.configure(JdbcJobStore.class.getClassLoader())
            .dataSource(source)
            .locations(new String[0])
            .javaMigrations(new V1__Jobs())
            .table("weir_schema_history")
            .baselineOnMigrate(true)
            .baselineVersion("0")
            .load()
            .migrate();
        migrated = true;
      }
    } catch (FlywayException e) {
      throw new StoreAway("the job database did not answer", e);
    } finally {
      migrating.unlock();
    }
  }

  @Override
  public void insert(Delegation delegation, long aliveUntil) throws StoreAway {
    JobState waiting = new JobState.Waiting(time.fromWall(aliveUntil), false);
    Snapshot.Kept job =
        new Snapshot.Kept(
            delegation.delayId(),
            delegation.delayMillis(),
            delegation.membership(),
            waiting,
            time.fromWall(aliveUntil),
            false);
    Snapshot snapshot =
        new Snapshot(
            delegation.key(), List.of(job), delegation.identities(), delegation.rooms(), Set.of());
    transaction(
        connection -> {
          // The same delayed event handed over again must not lose what is known of it.
          if (!exists(connection, delegation)) {
            upsert(connection, snapshot, job);
          }
          return true;
        });
  }

  private static boolean exists(Connection connection, Delegation delegation) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT 1 FROM job WHERE site = ? AND delay_id = ?")) {
      select.setString(1, delegation.key().site());
      select.setString(2, delegation.delayId());
      try (ResultSet found = select.executeQuery()) {
        return found.next();
      }
    }
  }

  @Override
  public void apply(List<Change> changes) throws StoreAway {
    for (int from = 0; from < changes.size(); from += BATCH) {
      List<Change> part = changes.subList(from, Math.min(changes.size(), from + BATCH));
      transaction(
          connection -> {
            try (PreparedStatement delete = connection.prepareStatement(DELETE)) {
              for (Change change : part) {
                switch (change) {
                  case Change.Keep keep -> upsert(connection, keep.of(), keep.job());
                  case Change.Remove remove -> {
                    delete.setString(1, remove.key().site());
                    delete.setString(2, remove.delayId());
                    delete.addBatch();
                  }
                }
              }
              delete.executeBatch();
            }
            return true;
          });
    }
  }

  private void upsert(Connection connection, Snapshot of, Snapshot.Kept job) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
      bind(update, of, job);
      if (update.executeUpdate() > 0) {
        return;
      }
    }
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      bind(insert, of, job);
      insert.executeUpdate();
    }
  }

  private void bind(PreparedStatement statement, Snapshot of, Snapshot.Kept job)
      throws SQLException {
    JobKey key = of.key();
    statement.setString(1, key.roomId());
    statement.setString(2, key.slotId());
    statement.setString(3, key.user());
    statement.setString(4, key.device());
    statement.setString(5, job.membership());
    statement.setLong(6, job.delayMillis());
    statement.setString(7, StateText.write(job.state(), time::toWall));
    statement.setLong(8, time.toWall(job.aliveUntil()));
    statement.setBoolean(9, job.everConnected());
    statement.setString(10, lines(of.identities()));
    statement.setString(11, lines(of.rooms()));
    statement.setString(12, lines(of.oldIds()));
    statement.setString(13, key.site());
    statement.setString(14, job.delayId());
  }

  private static String lines(Set<String> values) {
    String text = String.join("\n", new TreeSet<>(values));
    return text.length() <= LONGEST_LIST ? text : "";
  }

  private static Set<String> unlines(String text) {
    return text.isEmpty() ? Set.of() : Set.of(text.split("\n", -1));
  }

  @Override
  public List<Snapshot> load() throws StoreAway {
    return transaction(
        connection -> {
          Map<JobKey, Snapshot> found = new LinkedHashMap<>();
          try (PreparedStatement select = connection.prepareStatement("SELECT * FROM job");
              ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
              Snapshot one = read(rows);
              found.merge(one.key(), one, JdbcJobStore::merge);
            }
          }
          return List.copyOf(found.values());
        });
  }

  private Snapshot read(ResultSet row) throws SQLException {
    JobKey key =
        new JobKey(
            row.getString("site"),
            row.getString("room_id"),
            row.getString("slot_id"),
            row.getString("user_id"),
            row.getString("device"));
    Snapshot.Kept job =
        new Snapshot.Kept(
            row.getString("delay_id"),
            row.getLong("delay_ms"),
            row.getString("membership"),
            StateText.read(row.getString("state"), time::fromWall),
            time.fromWall(row.getLong("alive_until")),
            row.getBoolean("ever_connected"));
    return new Snapshot(
        key,
        List.of(job),
        unlines(row.getString("identities")),
        unlines(row.getString("rooms")),
        unlines(row.getString("old_ids")));
  }

  /** Rows of one member: the current event last, as a track wants them. */
  private static Snapshot merge(Snapshot one, Snapshot other) {
    List<Snapshot.Kept> jobs = new ArrayList<>(one.jobs());
    jobs.addAll(other.jobs());
    Set<String> old = union(one.oldIds(), other.oldIds());
    jobs.sort(
        Comparator.<Snapshot.Kept, Boolean>comparing(job -> current(job, old))
            .thenComparingLong(Snapshot.Kept::aliveUntil));
    return new Snapshot(
        one.key(),
        jobs,
        union(one.identities(), other.identities()),
        union(one.rooms(), other.rooms()),
        old);
  }

  private static boolean current(Snapshot.Kept job, Set<String> old) {
    return !(job.state() instanceof JobState.Replaced) && !old.contains(job.delayId());
  }

  private static Set<String> union(Set<String> one, Set<String> other) {
    Set<String> both = new TreeSet<>(one);
    both.addAll(other);
    return both;
  }

  @Override
  public void beat(String replica, long at) throws StoreAway {
    transaction(
        connection -> {
          try (PreparedStatement update =
              connection.prepareStatement("UPDATE job_beat SET at_ms = ? WHERE replica = ?")) {
            update.setLong(1, at);
            update.setString(2, replica);
            if (update.executeUpdate() > 0) {
              return true;
            }
          }
          try (PreparedStatement clear =
                  connection.prepareStatement("DELETE FROM job_beat WHERE at_ms < ?");
              PreparedStatement insert =
                  connection.prepareStatement(
                      "INSERT INTO job_beat (replica, at_ms) VALUES (?, ?)")) {
            // Replicas of long ago tell nothing any more.
            clear.setLong(1, at - TimeUnit.DAYS.toMillis(1));
            clear.executeUpdate();
            insert.setString(1, replica);
            insert.setLong(2, at);
            insert.executeUpdate();
          }
          return true;
        });
  }

  @Override
  public long lastBeat() throws StoreAway {
    return transaction(
        connection -> {
          try (PreparedStatement select =
                  connection.prepareStatement("SELECT MAX(at_ms) FROM job_beat");
              ResultSet row = select.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
          }
        });
  }
}
