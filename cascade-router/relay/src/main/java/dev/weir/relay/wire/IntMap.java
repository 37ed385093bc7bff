package dev.weir.relay.wire;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A small open-addressing map from int (an SSRC) to a value; look-ups neither box nor allocate. Not
 * thread-safe.
 */
public final class IntMap<V> {
  private int[] keys = new int[16];
  private @Nullable Object[] values = new @Nullable Object[16];
  private int size;

  @SuppressWarnings("unchecked")
  public @Nullable V get(int key) {
    int mask = keys.length - 1;
    for (int at = mix(key) & mask; values[at] != null; at = (at + 1) & mask) {
      if (keys[at] == key) {
        return (V) values[at];
      }
    }
    return null;
  }

  public void put(int key, V value) {
    if (2 * (size + 1) > keys.length) {
      grow();
    }
    insert(key, value);
  }

  public void remove(int key) {
    int mask = keys.length - 1;
    int at = mix(key) & mask;
    while (values[at] != null && keys[at] != key) {
      at = (at + 1) & mask;
    }
    if (values[at] == null) {
      return;
    }
    values[at] = null;
    size--;
    // What follows in the same run may have been displaced by the removed entry.
    for (at = (at + 1) & mask; values[at] != null; at = (at + 1) & mask) {
      Object moved = values[at];
      values[at] = null;
      size--;
      insert(keys[at], moved);
    }
  }

  public int size() {
    return size;
  }

  @SuppressWarnings("unchecked")
  public List<V> values() {
    List<V> all = new ArrayList<>(size);
    for (Object value : values) {
      if (value != null) {
        all.add((V) value);
      }
    }
    return all;
  }

  private void insert(int key, Object value) {
    int mask = keys.length - 1;
    int at = mix(key) & mask;
    while (values[at] != null && keys[at] != key) {
      at = (at + 1) & mask;
    }
    if (values[at] == null) {
      size++;
    }
    keys[at] = key;
    values[at] = value;
  }

  private void grow() {
    int[] oldKeys = keys;
    @Nullable Object[] oldValues = values;
    keys = new int[2 * oldKeys.length];
    values = new @Nullable Object[2 * oldKeys.length];
    size = 0;
    for (int i = 0; i < oldKeys.length; i++) {
      Object value = oldValues[i];
      if (value != null) {
        insert(oldKeys[i], value);
      }
    }
  }

  private static int mix(int key) {
    int h = key * 0x9E3779B9;
    return h ^ h >>> 16;
  }
}
