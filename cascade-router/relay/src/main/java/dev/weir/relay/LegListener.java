package dev.weir.relay;

/**
 * Told what happens to legs. Called on the leg's own control thread, one call at a time per leg;
 * must not block. Figures are read with {@link RelayEngine#states()}.
 */
public interface LegListener {
  /** A phase of the leg, of one of its pulls or of one of its publish sessions has changed. */
  default void changed(LegState state) {}

  /** Something that an operator may want counted or logged; never holds a token. */
  default void event(String legId, LegEvent event) {}

  LegListener NONE = new LegListener() {};
}
