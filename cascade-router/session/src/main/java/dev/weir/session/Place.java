package dev.weir.session;

/** Where a LiveKit room physically is. A peer's nodes are opaque tags, possibly empty. */
public record Place(Site site, String node) implements Comparable<Place> {
  @Override
  public int compareTo(Place other) {
    int bySite = site.compareTo(other.site);
    return bySite != 0 ? bySite : CodePoints.compare(node, other.node);
  }

  @Override
  public String toString() {
    return node.isEmpty() ? site.name() : site.name() + "/" + node;
  }
}
