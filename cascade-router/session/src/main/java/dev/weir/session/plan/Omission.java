package dev.weir.session.plan;

import dev.weir.session.Client;
import dev.weir.session.Spot;

/** A publisher that a cap keeps out of a room. */
public record Omission(Client client, String identity, Spot source, Spot target, Cap cap) {
  /** Which bound was reached. */
  public enum Cap {
    ROOM,
    PEER
  }
}
