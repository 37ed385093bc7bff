package dev.weir.service.wiring;

import com.hazelcast.core.HazelcastInstance;
import dev.weir.service.config.Configuration;
import dev.weir.service.config.HomeSite;
import dev.weir.service.config.RouterSettings;
import dev.weir.service.delegation.Delegations;
import dev.weir.service.delegation.SfuSurveys;
import dev.weir.service.delegation.TimeLine;
import dev.weir.service.delegation.cluster.HazelcastCluster;
import dev.weir.service.delegation.homeserver.ClientApis;
import dev.weir.service.delegation.homeserver.DelayedEvents;
import dev.weir.service.delegation.homeserver.SiteHomeservers;
import dev.weir.service.delegation.homeserver.Target;
import dev.weir.service.delegation.store.Databases;
import dev.weir.service.delegation.store.JdbcJobStore;
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
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Delegated membership, with the database, the homeservers and the SFUs of this deployment. */
@ApplicationScoped
class DelegationBindings {
  private final Executor threads = Executors.newVirtualThreadPerTaskExecutor();

  @Produces
  @Singleton
  AgroalDataSource jobs(
      RouterSettings settings,
      @ConfigProperty(name = "weir.database.url") Optional<String> url,
      @ConfigProperty(name = "weir.database.username") Optional<String> user,
      @ConfigProperty(name = "weir.database.password") Optional<String> password) {
    String file = settings.dataDir().resolve("jobs").toAbsolutePath().toString();
    return Databases.open(url.orElse("jdbc:h2:file:" + file), user, password);
  }

  void end(@Disposes AgroalDataSource jobs) {
    jobs.close();
  }

  @Produces
  @Singleton
  Delegations delegations(
      HazelcastInstance hazelcast,
      Replica replica,
      AgroalDataSource jobs,
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
            CompletableFuture.supplyAsync(() -> survey.ask(Site.of(site), rooms), threads);
    Delegations delegations =
        new Delegations(
            time,
            new HazelcastCluster(hazelcast, replica),
            new JdbcJobStore(jobs, time),
            new SiteHomeservers(
                site -> target(configuration, site),
                apis,
                new DelayedEvents(vertx, apis, dns, guard, clock, time::now, settings.verifyTls())),
            surveys,
            meters,
            new SecureRandom());
    delegations.start();
    return delegations;
  }

  void end(@Disposes Delegations delegations) {
    delegations.close();
  }

  private static Optional<Target> target(Configuration configuration, String site) {
    return configuration.current().find(Site.of(site)).map(home -> target(home, site));
  }

  private static Target target(HomeSite home, String site) {
    return new Target(
        site,
        Optional.ofNullable(home.clientApis().get(site)),
        home.appService().map(HomeSite.AppService::asToken));
  }
}
