package dev.weir.service.slots;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.weir.service.config.Configuration;
import dev.weir.service.config.HomeSite;
import dev.weir.service.config.Node;
import dev.weir.service.config.Pool;
import dev.weir.session.Site;
import dev.weir.session.codec.SessionCodec;
import dev.weir.session.placement.NodeReport;
import dev.weir.session.placement.NodeReport.State;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What each node last said, shared by all replicas; one of them asks. */
@Singleton
public final class Reports {
  private final IMap<String, byte[]> map;
  private final IMap<String, Boolean> draining;
  private final Configuration configuration;
  private final InstantSource clock;
  private final List<Consumer<String>> returned = new CopyOnWriteArrayList<>();
  private final ConcurrentHashMap<String, NodeReport> cache = new ConcurrentHashMap<>();
  private volatile NodeVerdicts verdicts = node -> true;

  Reports(
      HazelcastInstance hazelcast,
      Configuration configuration,
      InstantSource clock,
      Upheavals upheavals) {
    this.map = hazelcast.getMap("weir.reports");
    this.draining = hazelcast.getMap("weir.draining");
    this.configuration = configuration;
    this.clock = clock;
    map.addEntryListener(
        (com.hazelcast.map.listener.EntryAddedListener<String, byte[]>)
            event -> heard(event.getKey(), event.getValue()),
        true);
    map.addEntryListener(
        (com.hazelcast.map.listener.EntryUpdatedListener<String, byte[]>)
            event -> heard(event.getKey(), event.getValue()),
        true);
    map.addEntryListener(
        (com.hazelcast.map.listener.EntryMergedListener<String, byte[]>)
            event -> heard(event.getKey(), event.getValue()),
        true);
    map.forEach(this::heard);
    upheavals.onDoubt(() -> map.forEach(this::heard));
  }

  /** From now on a node takes rooms only if this says so too. */
  public void consult(NodeVerdicts better) {
    verdicts = better;
  }

  private void heard(String node, byte[] bytes) {
    keep(SessionCodec.read(bytes, NodeReport.class));
  }

  private void keep(NodeReport report) {
    @Nullable NodeReport[] before = new @Nullable NodeReport[1];
    cache.compute(
        report.node(),
        (name, known) -> {
          before[0] = known;
          return known != null && known.at().isAfter(report.at()) ? known : report;
        });
    NodeReport last = before[0];
    if (last != null
        && last.state() == State.UNREACHABLE
        && report.state() == State.SERVING
        && !last.at().isAfter(report.at())) {
      returned.forEach(listener -> listener.accept(report.node()));
    }
  }

  /** Told on every replica, whichever of them asks the node, when a node answers again. */
  void onReturn(Consumer<String> listener) {
    returned.add(listener);
  }

  void put(NodeReport report) {
    keep(report);
    map.set(report.node(), SessionCodec.write(report));
  }

  /** Place nothing new on the node, or place on it again. */
  public void setDraining(String node, boolean value) {
    if (value) {
      draining.set(node, true);
    } else {
      draining.delete(node);
    }
  }

  public boolean isDraining(Node node) {
    return node.draining() || draining.containsKey(node.id());
  }

  public Optional<NodeReport> find(String node) {
    return Optional.ofNullable(cache.get(node));
  }

  public String region(String node) {
    return configuration.current().node(node).map(placed -> placed.pool().region()).orElse("");
  }

  /**
   * The nodes of a site as the placer sees them: one that died a moment ago takes nothing, whatever
   * it last said. When none is known to answer, those that are not draining count as serving: the
   * next call says what is true, and a restarted router does not have to wait for its first poll.
   */
  public List<NodeReport> of(Site site) {
    Optional<HomeSite> home = configuration.current().find(site);
    if (home.isEmpty()) {
      return List.of();
    }
    List<NodeReport> reports = new ArrayList<>();
    for (Pool pool : home.get().pools()) {
      for (Node node : pool.nodes()) {
        reports.add(report(pool, node));
      }
    }
    boolean anyServes = reports.stream().anyMatch(report -> report.state() == State.SERVING);
    return anyServes ? reports : reports.stream().map(Reports::hopeful).toList();
  }

  private NodeReport report(Pool pool, Node node) {
    NodeReport known = cache.get(node.id());
    State state = known == null ? State.STARTING : known.state();
    if (state == State.SERVING && !verdicts.takesRooms(node.id())) {
      state = State.UNREACHABLE;
    }
    if (isDraining(node)) {
      state = State.DRAINING;
    }
    return new NodeReport(
        node.id(),
        pool.region(),
        state,
        known == null ? 0 : known.rooms(),
        known == null ? 0 : known.participants(),
        known == null ? 0 : known.tracks(),
        known == null ? 0 : known.bytesPerSecond(),
        pool.limits(),
        known == null ? clock.instant() : known.at());
  }

  private static NodeReport hopeful(NodeReport report) {
    return report.state() == State.DRAINING || report.state() == State.DRAINED
        ? report
        : new NodeReport(
            report.node(),
            report.region(),
            State.SERVING,
            report.rooms(),
            report.participants(),
            report.tracks(),
            report.bytesPerSecond(),
            report.limits(),
            report.at());
  }
}
