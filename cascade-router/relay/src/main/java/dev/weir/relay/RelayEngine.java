package dev.weir.relay;

import java.util.List;

/**
 * Keeps legs true: connects, reconnects with back-off (first try within a second) and follows what
 * the source room and the target rooms do until it is told otherwise. Thread-safe; no call waits
 * for the network.
 */
public interface RelayEngine extends AutoCloseable {
  /**
   * Opens the leg, or makes the running leg of the same id as the spec says. Equal specs change
   * nothing.
   */
  void open(LegSpec spec);

  /**
   * Ends the leg: its participants leave all rooms, its leases are released. Unknown ids are
   * ignored.
   */
  void close(String legId);

  /** All legs as they are now; cheap enough to be asked every second. */
  List<LegState> states();

  /** Ends all legs, waits a moment for the goodbyes, and stops the threads. */
  @Override
  void close();
}
