package dev.weir.operator.pool;

import dev.weir.crds.Homeserver;
import dev.weir.crds.LocalRef;
import dev.weir.crds.SfuPool;
import dev.weir.operator.model.Names;
import dev.weir.operator.router.RouterClient;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Collects everything that a reconcile decides by. */
final class PoolObserver {
  static final List<Class<? extends HasMetadata>> OWNED =
      List.of(
          StatefulSet.class,
          Service.class,
          ConfigMap.class,
          Secret.class,
          PodDisruptionBudget.class,
          NetworkPolicy.class);

  private final RouterClient router;

  PoolObserver(RouterClient router) {
    this.router = router;
  }

  PoolObservation observe(SfuPool pool, Context<SfuPool> context) {
    String namespace = pool.getMetadata().getNamespace();
    String name = pool.getMetadata().getName();
    List<HasMetadata> objects = new ArrayList<>();
    for (Class<? extends HasMetadata> type : OWNED) {
      objects.addAll(context.getSecondaryResources(type));
    }
    return new PoolObservation(
        pool,
        context.getSecondaryResources(Homeserver.class).stream()
            .filter(
                site -> site.getMetadata().getName().equals(pool.getSpec().homeserverRef().name()))
            .findFirst()
            .orElse(null),
        objects,
        List.copyOf(context.getSecondaryResources(Pod.class)),
        List.copyOf(context.getSecondaryResources(Node.class)),
        keys(pool, objects, context),
        context.getPrimaryCache().list(namespace, other -> isSibling(pool, other)).toList(),
        router.nodes(namespace, name),
        router.applied("SfuPool", namespace, name, pool.getMetadata().getGeneration()));
  }

  private static @Nullable Secret keys(
      SfuPool pool, List<HasMetadata> objects, Context<SfuPool> context) {
    LocalRef ref = pool.getSpec().keys().secretRef();
    if (ref != null) {
      return context
          .getClient()
          .secrets()
          .inNamespace(pool.getMetadata().getNamespace())
          .withName(ref.name())
          .get();
    }
    return objects.stream()
        .filter(Secret.class::isInstance)
        .map(Secret.class::cast)
        .filter(secret -> secret.getMetadata().getName().equals(Names.keys(pool)))
        .findFirst()
        .orElse(null);
  }

  private static boolean isSibling(SfuPool pool, SfuPool other) {
    return !Objects.equals(pool.getMetadata().getName(), other.getMetadata().getName())
        && other.getSpec().homeserverRef().equals(pool.getSpec().homeserverRef());
  }
}
