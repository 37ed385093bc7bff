package dev.weir.operator.apply;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.crds.WeirApi;
import dev.weir.operator.model.Canonical;
import dev.weir.operator.model.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Applies one object, if need be.
 *
 * <p>A write is needed when the wanted object is another than the one that was applied last (a hash
 * of it is kept in an annotation, which also notices removed fields), or when the stored one lacks
 * something of it.
 */
public final class Applier {
  /** Hash of the object as it was applied last. */
  public static final String APPLIED = WeirApi.GROUP + "/applied";

  private final KubernetesClient client;
  private final AtomicLong writes = new AtomicLong();

  public Applier(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Makes the stored object hold what {@code wanted} says.
   *
   * @param stored what the cache holds; null when there is none
   * @return whether it was written
   */
  public boolean apply(HasMetadata wanted, @Nullable HasMetadata stored) {
    String hash = Canonical.hash(Canonical.json(wanted));
    Map<String, String> annotations = new TreeMap<>();
    if (wanted.getMetadata().getAnnotations() != null) {
      annotations.putAll(wanted.getMetadata().getAnnotations());
    }
    annotations.put(APPLIED, hash);
    wanted.getMetadata().setAnnotations(annotations);
    if (stored != null && !lacks(wanted, stored)) {
      return false;
    }
    client.resource(wanted).fieldManager(Names.FIELD_MANAGER).forceConflicts().serverSideApply();
    writes.incrementAndGet();
    return true;
  }

  private static boolean lacks(HasMetadata wanted, HasMetadata stored) {
    JsonNode want = Serialization.jsonMapper().valueToTree(wanted);
    JsonNode have = Serialization.jsonMapper().valueToTree(stored);
    return Drift.lacks(want, have);
  }

  /** Removes an object that is no longer wanted. */
  public void delete(HasMetadata superfluous) {
    client.resource(superfluous).delete();
    writes.incrementAndGet();
  }

  /** How many writes this process has made. */
  public long writes() {
    return writes.get();
  }
}
