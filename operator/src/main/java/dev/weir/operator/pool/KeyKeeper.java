package dev.weir.operator.pool;

import dev.weir.crds.Durations;
import dev.weir.crds.SfuPool;
import dev.weir.crds.SfuPoolSpec;
import dev.weir.crds.WeirApi;
import dev.weir.operator.apply.Applier;
import dev.weir.operator.event.EventReason;
import dev.weir.operator.event.EventRecorder;
import dev.weir.operator.keys.KeyRing;
import dev.weir.operator.model.Metadata;
import dev.weir.operator.model.Names;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes and rotates the keys of a pool whose keys nobody else keeps.
 *
 * <p>A cache may be behind what we wrote ourselves a moment ago, and a key made twice would cut
 * every node off. So before the ring changes, the Secret is read from the API server itself.
 */
final class KeyKeeper {
  private final KubernetesClient client;
  private final Applier applier;
  private final EventRecorder events;
  private final Supplier<KeyRing.Key> maker;

  KeyKeeper(
      KubernetesClient client, Applier applier, EventRecorder events, Supplier<KeyRing.Key> maker) {
    this.client = client;
    this.applier = applier;
    this.events = events;
    this.maker = maker;
  }

  /** The ring after this reconcile. */
  KeyRing keep(SfuPool pool, @Nullable Secret cached, boolean everywhere, Instant now) {
    KeyRing known = PoolKeys.read(cached);
    if (cached != null && next(pool, known, everywhere, now).equals(known)) {
      applier.apply(secret(pool, known), cached);
      return known;
    }
    Secret stored =
        client
            .secrets()
            .inNamespace(pool.getMetadata().getNamespace())
            .withName(Names.keys(pool))
            .get();
    KeyRing before = PoolKeys.read(stored);
    KeyRing after = before.equals(known) ? next(pool, before, everywhere, now) : before;
    if (before.keys().isEmpty()) {
      after = next(pool, before, everywhere, now);
    }
    applier.apply(secret(pool, after), stored);
    tell(pool, before, after);
    return after;
  }

  private KeyRing next(SfuPool pool, KeyRing ring, boolean everywhere, Instant now) {
    SfuPoolSpec.Keys spec = pool.getSpec().keys();
    return ring.next(
        spec.rotateEvery() == null ? null : Durations.parse(spec.rotateEvery()),
        Durations.parse(spec.overlap()),
        request(pool),
        everywhere,
        now,
        maker);
  }

  private static @Nullable String request(SfuPool pool) {
    return pool.getMetadata().getAnnotations() == null
        ? null
        : pool.getMetadata().getAnnotations().get(WeirApi.ROTATE_KEYS_ANNOTATION);
  }

  private static Secret secret(SfuPool pool, KeyRing ring) {
    return PoolKeys.write(ring, Metadata.owned(pool, Names.keys(pool), Names.labels(pool)));
  }

  private void tell(SfuPool pool, KeyRing before, KeyRing after) {
    List<KeyRing.Key> old = before.keys();
    List<KeyRing.Key> now = after.keys();
    if (old.isEmpty() || old.equals(now)) {
      return;
    }
    if (now.size() > old.size()) {
      String name = now.get(now.size() - 1).name();
      events.record(
          pool, EventReason.KEY_ADDED, "key " + name + " is added; nodes roll before it is used");
    } else if (now.size() < old.size()) {
      String name = old.get(old.size() - 1).name();
      events.record(
          pool, EventReason.KEY_RETIRED, "key " + name + " is retired; nodes roll and forget it");
    } else {
      events.record(pool, EventReason.KEY_PROMOTED, "key " + now.get(0).name() + " is in use now");
    }
  }
}
