package dev.weir.operator.roll;

/** Why a node has to go, most urgent first. */
public enum DrainReason {
  /** Somebody else deleted the pod: it has had its SIGTERM and ends by itself once it is empty. */
  TERMINATING("PodDeleted"),
  /** The pool is being deleted. */
  POOL_DELETED("PoolDeleted"),
  /** The Kubernetes node takes no pods any more, as before an eviction. */
  CORDONED("NodeCordoned"),
  /** An admin asked for it. */
  REQUESTED("DrainRequested"),
  /** There are more nodes than wanted. */
  SCALE_DOWN("ScaleDown"),
  /** The node runs with an old image, configuration or key set. */
  OUTDATED("RollOut");

  private final String word;

  DrainReason(String word) {
    this.word = word;
  }

  /** For events and conditions. */
  public String word() {
    return word;
  }

  /** Whether the node comes back after it stopped, so that the pool keeps its size. */
  boolean restarts() {
    return this != POOL_DELETED && this != SCALE_DOWN;
  }
}
