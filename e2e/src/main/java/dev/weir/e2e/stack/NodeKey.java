package dev.weir.e2e.stack;

/** The API key of a site's LiveKit nodes. */
public record NodeKey(String id, String secret) {
  @Override
  public String toString() {
    return "NodeKey[" + id + "]";
  }
}
