package dev.weir.relay;

import java.net.URI;
import java.time.Instant;
import java.util.List;

/**
 * Leave to pull from one room: hidden, subscribe-only tokens, one identity for each quality.
 *
 * @param url signalling URL (ws or wss) of the source; it must pass the address guard
 * @param tokens for {@link Layer#LOW}, {@link Layer#MEDIUM} and {@link Layer#HIGH}, in this order
 * @param expires after this a new grant is asked for before the next join
 */
public record PullGrant(URI url, List<String> tokens, Instant expires) {
  public PullGrant {
    tokens = List.copyOf(tokens);
    if (tokens.size() != Layer.COUNT) {
      throw new IllegalArgumentException("a grant has one token for each layer");
    }
  }

  public String token(Layer layer) {
    return tokens.get(layer.ordinal());
  }

  @Override
  public String toString() {
    return "PullGrant[url=" + url + ", expires=" + expires + "]";
  }
}
