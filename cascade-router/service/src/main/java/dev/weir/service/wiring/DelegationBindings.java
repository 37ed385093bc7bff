package dev.weir.service.wiring;

import com.hazelcast.core.HazelcastInstance;
import dev.weir.service.config.Configuration;
import dev.weir.service.config.HomeSite;
import dev.weir.service.config.ProcessRole;
import dev.weir.service.config.RouterSettings;
import dev.weir.service.delegation.Delegations;
import dev.weir.service.delegation.SfuSurveys;
import dev.weir.service.delegation.TimeLine;
import dev.weir.service.delegation.cluster.HazelcastCluster;
import dev.weir.service.delegation.homeserver.ClientApis;
import dev.weir.service.delegation.homeserver.DelayedEvents;
import dev.weir.service.delegation.homeserver.SiteHomeservers;
import dev.weir.service.delegation.homeserver.Target;
import dev.weir.service.delegation.redis.RedisJobs;
import dev.weir.service.delegation.store.Databases;
import dev.weir.service.delegation.store.JdbcJobStore;
import dev.weir.service.delegation.store.JobStore;
import dev.weir.service.delegation.store.NoJobs;
import dev.weir.service.net.AddressGuard;
import dev.weir.service.net.Dns;
import dev.weir.service.net.GuardedHttp;
import dev.weir.service.slots.Replica;
import dev.weir.service.slots.SfuSurvey;
import dev.weir.session.Site;
import io.agroal.api.AgroalDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Delegated membership, with the database, the homeservers and the SFUs of this deployment. */
@ApplicationScoped
class DelegationBindings {
  private static final Logger LOG = Logger.getLogger(DelegationBindings.class);

  private final Executor threads = Executors.newVirtualThreadPerTaskExecutor();

  @Produces
  @Singleton
  static AgroalDataSource jobs(
      RouterSettings settings,
      @ConfigProperty(name = "weir.database.url") Optional<String> url,
      @ConfigProperty(name = "weir.database.username") Optional<String> user,
      @ConfigProperty(name = "weir.database.password") Optional<String> password) {
    String file = settings.dataDir().resolve("jobs").toAbsolutePath().toString();
    boolean kept = url.isPresent() || settings.canKeep();
    if (!kept) {
      LOG.warnf(
          "event=jobs-in-memory folder=%s hint=\"delegated leaves are lost at a restart: set"
              + " WEIR_DATA_DIR\"",
          settings.dataDir());
    }
    return Databases.open(
        url.orElse(kept ? "jdbc:h2:file:" + file : "jdbc:h2:mem:jobs;DB_CLOSE_DELAY=-1"),
        user,
        password);
  }

  void end(@Disposes AgroalDataSource jobs) {
    jobs.close();
  }

  @Produces
  @Singleton
  Delegations delegations(
      HazelcastInstance hazelcast,
      Replica replica,
      Instance<AgroalDataSource> jobs,
      Configuration configuration,
      RouterSettings settings,
      SfuSurvey survey,
      GuardedHttp strangers,
      Vertx vertx,
      Dns dns,
      AddressGuard guard,
      MeterRegistry meters,
      InstantSource clock) {
    TimeLine time = new TimeLine();
    ClientApis apis = new ClientApis(strangers, clock);
    SfuSurveys surveys =
        (site, rooms, now) ->
            CompletableFuture.supplyAsync(
                () -> SfuSurveys.inJobTime(survey.ask(Site.of(site), rooms), now, time), threads);
    Delegations delegations =
        new Delegations(
            time,
            new HazelcastCluster(hazelcast, replica),
            store(settings, jobs::get, time, configuration, clock),
            new SiteHomeservers(
                (site, server) -> target(configuration, site, server),
                apis,
                new DelayedEvents(vertx, apis, dns, guard, clock, time::now, settings.verifyTls())),
            surveys,
            meters,
            new SecureRandom());
    delegations.start();
    return delegations;
  }

  /** Only a router keeps leaves: others open no database, and have no file of their own. */
  static JobStore store(
      RouterSettings settings,
      Supplier<AgroalDataSource> jobs,
      TimeLine time,
      Configuration configuration,
      InstantSource clock) {
    if (!settings.has(ProcessRole.ROUTER)) {
      return new NoJobs();
    }
    JobStore own = new JdbcJobStore(jobs.get(), time);
    return settings
        .redis()
        .<JobStore>map(
            redis ->
                new RedisJobs(
                    own, redis, configuration.current().all().getFirst().site().name(), clock))
        .orElse(own);
  }

  void end(@Disposes Delegations delegations) {
    delegations.close();
  }

  /** Empty for servers whose users this site does not serve (any more). */
  private static Optional<Target> target(Configuration configuration, String site, String server) {
    return configuration
        .current()
        .find(Site.of(site))
        .filter(home -> home.hosts(server))
        .map(home -> target(home, server));
  }

  private static Target target(HomeSite home, String server) {
    // The application service is one of the site's own homeserver.
    Optional<String> token =
        server.equals(home.site().name())
            ? home.appService().map(HomeSite.AppService::asToken)
            : Optional.empty();
    return new Target(server, Optional.ofNullable(home.clientApis().get(server)), token);
  }
}
