package dev.weir.session.placement;

/** Where a joiner of a room goes. */
public sealed interface Route {
  /** To a part that is there. */
  record Existing(Part part) implements Route {}

  /** To a node on which the room has to be made first. */
  record New(String node, Part.Purpose purpose) implements Route {}

  /** No node can take it. */
  record Nowhere(Reason reason) implements Route {}

  /** Why no node can take a room. */
  enum Reason {
    NO_NODE_SERVES,
    ALL_NODES_FULL
  }
}
