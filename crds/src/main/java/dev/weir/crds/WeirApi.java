package dev.weir.crds;

/** The names of the API group, and the labels and annotations that carry meaning. */
public final class WeirApi {
  public static final String GROUP = "weir.dev";
  public static final String VERSION = "v1alpha1";
  public static final String API_VERSION = GROUP + "/" + VERSION;

  /** On each object that the operator makes: the pool it belongs to. */
  public static final String POOL_LABEL = GROUP + "/pool";

  /**
   * On a pod: {@code "true"} asks the operator to drain that node, as {@code kubectl weir drain}
   * does.
   */
  public static final String DRAIN_ANNOTATION = GROUP + "/drain";

  /** On a pool: another value than before asks for new API keys. */
  public static final String ROTATE_KEYS_ANNOTATION = GROUP + "/rotate-keys";

  /**
   * In a Secret of LiveKit API keys: the LiveKit key file, one {@code name: secret} a line, newest
   * first.
   */
  public static final String KEY_FILE = "keys.yaml";

  private WeirApi() {}
}
