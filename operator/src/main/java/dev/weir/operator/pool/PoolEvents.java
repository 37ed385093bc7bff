package dev.weir.operator.pool;

import dev.weir.crds.Homeserver;
import dev.weir.crds.SfuPool;
import dev.weir.crds.WeirApi;
import dev.weir.operator.model.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What wakes a pool: its own objects, its pods, its site, and the Kubernetes nodes. */
final class PoolEvents {
  private PoolEvents() {}

  static List<EventSource<?, SfuPool>> sources(EventSourceContext<SfuPool> context) {
    List<EventSource<?, SfuPool>> sources = new ArrayList<>();
    for (Class<? extends HasMetadata> type : PoolObserver.OWNED) {
      sources.add(owned(type, context));
    }
    sources.add(
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(Pod.class, SfuPool.class)
                .withName("pods")
                .withLabelSelector(Names.MANAGED_BY + "=" + Names.FIELD_MANAGER)
                .withSecondaryToPrimaryMapper(PoolEvents::poolOf)
                .build(),
            context));
    IndexerResourceCache<SfuPool> pools = context.getPrimaryCache();
    sources.add(
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(Homeserver.class, SfuPool.class)
                .withName("homeservers")
                .withSecondaryToPrimaryMapper(site -> poolsOf(site, pools))
                .withPrimaryToSecondaryMapper(
                    (SfuPool pool) ->
                        Set.of(
                            new ResourceID(
                                pool.getSpec().homeserverRef().name(),
                                pool.getMetadata().getNamespace())))
                .build(),
            context));
    sources.add(
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(Node.class, SfuPool.class)
                .withName("nodes")
                .withWatchAllNamespaces()
                .withOnUpdateFilter(PoolEvents::matters)
                .withSecondaryToPrimaryMapper(node -> all(pools))
                .build(),
            context));
    return sources;
  }

  private static <T extends HasMetadata> InformerEventSource<T, SfuPool> owned(
      Class<T> type, EventSourceContext<SfuPool> context) {
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(type, SfuPool.class)
            .withName(type.getSimpleName())
            .withLabelSelector(Names.MANAGED_BY + "=" + Names.FIELD_MANAGER)
            .build(),
        context);
  }

  private static Set<ResourceID> poolOf(Pod pod) {
    @Nullable String pool = pod.getMetadata().getLabels().get(WeirApi.POOL_LABEL);
    return pool == null ? Set.of() : Set.of(new ResourceID(pool, pod.getMetadata().getNamespace()));
  }

  private static Set<ResourceID> poolsOf(Homeserver site, IndexerResourceCache<SfuPool> pools) {
    return pools
        .list(
            site.getMetadata().getNamespace(),
            pool -> pool.getSpec().homeserverRef().name().equals(site.getMetadata().getName()))
        .map(ResourceID::fromResource)
        .collect(Collectors.toSet());
  }

  private static Set<ResourceID> all(IndexerResourceCache<SfuPool> pools) {
    return pools.list().map(ResourceID::fromResource).collect(Collectors.toSet());
  }

  /**
   * Nodes report their health all the time; pools only care whether they take pods, and for their
   * addresses.
   */
  private static boolean matters(Node now, Node before) {
    return !Objects.equals(now.getSpec().getUnschedulable(), before.getSpec().getUnschedulable())
        || !Objects.equals(now.getSpec().getTaints(), before.getSpec().getTaints())
        || !Objects.equals(labels(now), labels(before))
        || !Objects.equals(now.getStatus().getAddresses(), before.getStatus().getAddresses());
  }

  private static Map<String, String> labels(Node node) {
    return Objects.requireNonNullElse(node.getMetadata().getLabels(), Map.of());
  }
}
