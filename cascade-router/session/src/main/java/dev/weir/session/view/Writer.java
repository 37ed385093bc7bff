package dev.weir.session.view;

import dev.weir.session.Client;
import java.util.Map;

/**
 * All that one site has written about a slot.
 *
 * @param floor a snapshot has spoken for every version up to here: what it did not hold is gone
 */
public record Writer(Version floor, Map<Client, Held> records) {
  public static final Writer EMPTY = new Writer(Version.NONE, Map.of());

  public Writer {
    records = Map.copyOf(records);
  }
}
