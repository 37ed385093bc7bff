package dev.weir.operator.model;

import dev.weir.crds.SfuPool;
import dev.weir.crds.WeirApi;
import java.util.Map;
import java.util.TreeMap;

/** Names, ports and labels of a pool's objects. */
public final class Names {
  public static final String FIELD_MANAGER = "weir-operator";
  public static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  public static final String REVISION = WeirApi.GROUP + "/revision";
  public static final int SIGNAL_PORT = 7880;
  public static final int METRICS_PORT = 6789;

  private Names() {}

  public static String config(SfuPool pool) {
    return pool.getMetadata().getName() + "-config";
  }

  public static String keys(SfuPool pool) {
    return pool.getMetadata().getName() + "-keys";
  }

  public static String pod(SfuPool pool, int ordinal) {
    return pool.getMetadata().getName() + "-" + ordinal;
  }

  /** Signalling URL of a node for routers and gates: its own name in the headless Service. */
  public static String url(SfuPool pool, String pod) {
    String name = pool.getMetadata().getName();
    return "ws://"
        + pod
        + "."
        + name
        + "."
        + pool.getMetadata().getNamespace()
        + ".svc:"
        + SIGNAL_PORT;
  }

  /** What never changes about a pool's objects, and so may be in selectors. */
  public static Map<String, String> selector(SfuPool pool) {
    Map<String, String> labels = new TreeMap<>();
    labels.put("app.kubernetes.io/name", "livekit");
    labels.put(WeirApi.POOL_LABEL, pool.getMetadata().getName());
    return labels;
  }

  public static Map<String, String> labels(SfuPool pool) {
    Map<String, String> labels = selector(pool);
    labels.put(MANAGED_BY, FIELD_MANAGER);
    labels.put("app.kubernetes.io/part-of", "weir");
    return labels;
  }
}
