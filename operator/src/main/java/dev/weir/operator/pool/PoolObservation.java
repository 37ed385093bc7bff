package dev.weir.operator.pool;

import dev.weir.crds.Homeserver;
import dev.weir.crds.SfuPool;
import dev.weir.operator.router.RouterClient.Applied;
import dev.weir.operator.router.RouterClient.NodeLoad;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is there: the pool, its objects as the caches hold them, and what the routers say.
 *
 * @param homeserver the site; null when it does not exist
 * @param keys the Secret of the API keys, the operator's own or the one referred to
 * @param siblings other pools of the same site
 * @param loads empty when no router answers
 */
record PoolObservation(
    SfuPool pool,
    @Nullable Homeserver homeserver,
    List<HasMetadata> objects,
    List<Pod> pods,
    List<Node> kubernetesNodes,
    @Nullable Secret keys,
    List<SfuPool> siblings,
    Optional<List<NodeLoad>> loads,
    Applied applied) {

  Optional<StatefulSet> statefulSet() {
    return object(StatefulSet.class, pool.getMetadata().getName());
  }

  <T extends HasMetadata> Optional<T> object(Class<T> type, String name) {
    return objects.stream()
        .filter(type::isInstance)
        .filter(object -> object.getMetadata().getName().equals(name))
        .map(type::cast)
        .findFirst();
  }

  List<Service> services() {
    return objects.stream().filter(Service.class::isInstance).map(Service.class::cast).toList();
  }

  Optional<NodeLoad> load(String node) {
    return loads.flatMap(all -> all.stream().filter(load -> load.name().equals(node)).findFirst());
  }
}
