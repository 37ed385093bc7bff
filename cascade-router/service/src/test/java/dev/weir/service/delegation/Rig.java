package dev.weir.service.delegation;

import dev.weir.service.delegation.cluster.Cluster;
import dev.weir.service.delegation.cluster.SingleReplica;
import dev.weir.service.delegation.homeserver.ClientApis;
import dev.weir.service.delegation.homeserver.DelayedEvents;
import dev.weir.service.delegation.homeserver.SiteHomeservers;
import dev.weir.service.delegation.homeserver.Target;
import dev.weir.service.delegation.store.JdbcJobStore;
import dev.weir.service.net.AddressGuard;
import dev.weir.service.net.Dns;
import dev.weir.service.net.GuardedHttp;
import dev.weir.session.delegation.Delegation;
import dev.weir.session.delegation.JobKey;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** The router's delegation with its own classes, a given homeserver, SFU and database. */
final class Rig implements AutoCloseable {
  static final String SITE = "a.example";
  static final String ROOM = "home-room";

  private static final Dns NO_DNS =
      new Dns() {
        @Override
        public List<InetAddress> addresses(String host) throws UnknownHostException {
          throw new UnknownHostException(host);
        }

        @Override
        public List<Service> services(String name) {
          return List.of();
        }
      };

  private final Vertx vertx;
  private final GuardedHttp http;
  private final DelayedEvents events;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Delegations delegations;
  private final AtomicLong ahead = new AtomicLong();

  Rig(Supplier<Optional<URI>> homeserver, SfuSurveys sfu, DataSource database) {
    this(homeserver, sfu, database, new SingleReplica());
  }

  Rig(Supplier<Optional<URI>> homeserver, SfuSurveys sfu, DataSource database, Cluster cluster) {
    this(server -> homeserver.get(), sfu, database, cluster);
  }

  /**
   * @param homeservers by server name
   */
  Rig(
      Function<String, Optional<URI>> homeservers,
      SfuSurveys sfu,
      DataSource database,
      Cluster cluster) {
    this.vertx = Vertx.vertx();
    TimeLine time = new TimeLine(() -> System.nanoTime() + ahead.get(), InstantSource.system());
    AddressGuard guard = AddressGuard.allowing("");
    this.http = new GuardedHttp(vertx, NO_DNS, guard, true);
    ClientApis apis = new ClientApis(http, InstantSource.system());
    this.events =
        new DelayedEvents(vertx, apis, NO_DNS, guard, InstantSource.system(), time::now, true);
    this.delegations =
        new Delegations(
            time,
            cluster,
            new JdbcJobStore(database, time),
            new SiteHomeservers(
                (site, server) ->
                    Optional.of(new Target(server, homeservers.apply(server), Optional.empty())),
                apis,
                events),
            sfu,
            meters,
            new Random(4));
    delegations.start();
  }

  Delegations delegations() {
    return delegations;
  }

  /** So much time has passed in one moment, as for a process that was stopped. */
  void leap(Duration time) {
    ahead.addAndGet(time.toNanos());
  }

  double count(String name, String... tags) {
    return Optional.ofNullable(meters.find(name).tags(tags).counter())
        .map(counter -> counter.count())
        .orElse(0.0);
  }

  double gauge(String name, String... tags) {
    return Optional.ofNullable(meters.find(name).tags(tags).gauge())
        .map(gauge -> gauge.value())
        .orElse(-1.0);
  }

  static String identity(String user, String device) {
    return user + ":" + device;
  }

  static JobKey key(String user, String device) {
    return new JobKey(SITE, "!r:a.example", "m.call#ROOM", user, device);
  }

  static Delegation delegation(String user, String device, String delayId, long delayMillis) {
    return new Delegation(
        key(user, device),
        delayId,
        delayMillis,
        identity(user, device),
        Set.of(identity(user, device)),
        Set.of(ROOM));
  }

  @Override
  public void close() {
    delegations.close();
    events.close();
    http.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
