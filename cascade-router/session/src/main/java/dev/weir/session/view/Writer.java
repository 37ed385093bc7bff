package dev.weir.session.view;

import dev.weir.session.Client;
import java.util.HashMap;
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

  static Writer reunited(Writer one, Writer other) {
    Map<Client, Held> all = new HashMap<>(one.records);
    other.records.forEach((client, held) -> all.merge(client, held, Held::newer));
    all.entrySet()
        .removeIf(
            entry ->
                (!one.records.containsKey(entry.getKey()) && one.speaksFor(entry.getValue()))
                    || (!other.records.containsKey(entry.getKey())
                        && other.speaksFor(entry.getValue())));
    return new Writer(one.floor.isAbove(other.floor) ? one.floor : other.floor, all);
  }

  private boolean speaksFor(Held held) {
    return !held.record().version().isAbove(floor);
  }
}
