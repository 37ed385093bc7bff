package dev.weir.service.config;

/** Name of a resource; standalone resources without a namespace are in {@code default}. */
public record ResourceId(String namespace, String name) implements Comparable<ResourceId> {
  @Override
  public int compareTo(ResourceId other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
