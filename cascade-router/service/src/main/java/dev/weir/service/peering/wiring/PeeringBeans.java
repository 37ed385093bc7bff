package dev.weir.service.peering.wiring;

import com.hazelcast.core.HazelcastInstance;
import dev.weir.relay.RelayEngine;
import dev.weir.relay.RelayEngines;
import dev.weir.relay.RelaySettings;
import dev.weir.service.config.Configuration;
import dev.weir.service.config.HomeSite;
import dev.weir.service.config.ProcessRole;
import dev.weir.service.config.RouterSettings;
import dev.weir.service.config.Sites;
import dev.weir.service.legs.LegKeeper;
import dev.weir.service.legs.RelayFigures;
import dev.weir.service.legs.RelayLeases;
import dev.weir.service.net.AddressGuard;
import dev.weir.service.net.Dns;
import dev.weir.service.net.GuardedHttp;
import dev.weir.service.peering.LinkTiming;
import dev.weir.service.peering.OwnSites;
import dev.weir.service.peering.PeerAudit;
import dev.weir.service.peering.PeeredSites;
import dev.weir.service.peering.PullRooms;
import dev.weir.service.peering.SlotBook;
import dev.weir.service.peering.trust.Discovery;
import dev.weir.service.peering.trust.SelfMadeCertificates;
import dev.weir.service.peering.trust.WellKnownDocument;
import dev.weir.service.slots.Replica;
import dev.weir.service.slots.Upheavals;
import dev.weir.session.plan.PlanPolicy;
import dev.weir.session.plan.Planner;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Peering and the legs as beans of the router. */
@ApplicationScoped
class PeeringBeans {
  private static final int RELAYED_PER_ROOM = 500;
  private static final int LOOK_EVERY_SECONDS = 1;
  private static final int SWEEP_EVERY_SECONDS = 3;

  private final ExecutorService work = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("relay-figures").factory());

  @Produces
  @Singleton
  PeeredSites peeredSites(
      RouterSettings settings,
      Dns dns,
      AddressGuard guard,
      GuardedHttp web,
      OwnSites sites,
      SlotBook book,
      PullRooms rooms,
      HazelcastInstance hazelcast,
      Replica replica,
      Upheavals upheavals,
      MeterRegistry meters,
      InstantSource clock) {
    var random = new SecureRandom();
    return new PeeredSites(
        new PeeredSites.Needs(
            clock,
            random,
            new PartnerAddresses(dns, guard),
            new Discovery(server -> document(web, server), clock),
            new SelfMadeCertificates(settings.dataDir().resolve("peering"), clock, random),
            sites,
            book,
            rooms,
            new SharedConnections(hazelcast, replica, upheavals),
            key -> replica.owns(ProcessRole.ROUTER, "peer\n" + key),
            new PeerAudit(meters),
            LinkTiming.DEFAULT));
  }

  void end(@Disposes PeeredSites peered) {
    peered.close();
  }

  /** The document lives on the host of the server name, whatever port the homeserver uses. */
  private static byte[] document(GuardedHttp web, String server) throws IOException {
    String host = server.replaceFirst(":\\d+$", "");
    var answer = web.get(URI.create("https://" + host + WellKnownDocument.PATH));
    if (answer.status() != 200) {
      throw new IOException("HTTP status " + answer.status());
    }
    return answer.body().getBytes(StandardCharsets.UTF_8);
  }

  @Produces
  @Singleton
  RelayLeases leases(SlotBook book, HazelcastInstance hazelcast, InstantSource clock) {
    return new RelayLeases(new SharedLeases(hazelcast), book, clock, work);
  }

  /** The engine and what tells it what to do: one cannot be without the other. */
  record Relay(LegKeeper keeper, RelayEngine engine) {}

  @Produces
  @Singleton
  Relay relay(
      PeeredSites peered,
      SlotBook book,
      ConfiguredNodes nodes,
      RelayLeases leases,
      Configuration configuration,
      RouterSettings settings,
      HazelcastInstance hazelcast,
      Replica replica,
      Upheavals upheavals,
      AddressGuard guard,
      MeterRegistry meters,
      InstantSource clock) {
    var engine = new RelayEngine[1];
    LegKeeper keeper =
        new LegKeeper(
            new LegKeeper.Needs(
                book,
                site -> planner(configuration, site),
                nodes,
                leases,
                peered.peering()::calls,
                WatchedAnnexes.owner(replica),
                new SharedFences(hazelcast, clock),
                new SharedLegPhases(hazelcast),
                clock,
                work),
            listener ->
                engine[0] =
                    settings.has(ProcessRole.RELAY)
                        ? RelayEngines.start(
                            RelaySettings.of(guard::permits, address -> true), listener)
                        : new NoRelay());
    RelayFigures figures = new RelayFigures(engine[0]::states);
    figures.bindTo(meters);
    upheavals.onOwners(
        () ->
            keeper.recheckOwners(
                configuration.current().all().stream().map(HomeSite::site).toList()));
    var unused =
        looks.scheduleWithFixedDelay(
            figures::look, LOOK_EVERY_SECONDS, LOOK_EVERY_SECONDS, TimeUnit.SECONDS);
    var unusedToo =
        looks.scheduleWithFixedDelay(
            () -> work.execute(keeper::sweep),
            SWEEP_EVERY_SECONDS,
            SWEEP_EVERY_SECONDS,
            TimeUnit.SECONDS);
    return new Relay(keeper, engine[0]);
  }

  private static Planner planner(Configuration configuration, dev.weir.session.Site site) {
    Sites sites = configuration.current();
    return new Planner(
        new PlanPolicy(
            true,
            RELAYED_PER_ROOM,
            peer ->
                sites
                    .find(site)
                    .flatMap(home -> home.partner(peer))
                    .map(partner -> partner.spec().limits().membersPerSession())
                    .orElse(0)));
  }

  void end(@Disposes Relay relay) {
    looks.shutdownNow();
    relay.engine().close();
    work.close();
  }

  @Produces
  @Singleton
  LegKeeper keeper(Relay relay) {
    return relay.keeper();
  }
}
