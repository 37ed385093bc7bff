package dev.weir.operator.keys;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The LiveKit API keys of a pool, in the order of its key file: routers sign with the first.
 *
 * <p>LiveKit reads its keys at start only, so a new key takes two rolls and one promotion, and no
 * token is ever signed with a key that some node lacks:
 *
 * <ol>
 *   <li>{@code [old]} -> {@code [old, new]}: the new key is accepted; nodes roll.
 *   <li>All nodes have it -> {@code [new, old]}: routers sign with the new one; nothing rolls.
 *   <li>{@code overlap} later -> {@code [new]}: nodes roll, and the old key is worth nothing any
 *       more.
 * </ol>
 *
 * @param promoted when the first key began to be signed with
 * @param request the admin's last request for a rotation that was taken up
 */
public record KeyRing(List<Key> keys, @Nullable Instant promoted, @Nullable String request) {

  /** One key. */
  public record Key(String name, String secret, Instant made) {
    @Override
    public String toString() {
      return "Key[" + name + "]";
    }
  }

  public KeyRing {
    keys = List.copyOf(keys);
  }

  public static final KeyRing EMPTY = new KeyRing(List.of(), null, null);

  /**
   * The ring as it should be now.
   *
   * @param every how often to rotate; null for never by itself
   * @param asked the request that is on the pool now; another value than {@link #request} asks for
   *     a rotation
   * @param everywhere all nodes run with exactly the keys of this ring
   */
  public KeyRing next(
      @Nullable Duration every,
      Duration overlap,
      @Nullable String asked,
      boolean everywhere,
      Instant now,
      Supplier<Key> maker) {
    if (keys.isEmpty()) {
      return new KeyRing(List.of(maker.get()), now, asked);
    }
    if (keys.size() == 1) {
      return rotationDue(every, asked, now)
          ? new KeyRing(List.of(keys.get(0), younger(maker.get())), promoted, asked)
          : this;
    }
    Key first = keys.get(0);
    Key second = keys.get(1);
    if (first.made().isBefore(second.made())) {
      return everywhere ? new KeyRing(List.of(second, first), now, request) : this;
    }
    boolean over = promoted == null || !now.isBefore(promoted.plus(overlap));
    return over && everywhere ? new KeyRing(List.of(first), promoted, request) : this;
  }

  /** The order of making tells which key is the new one, so no two may be of one instant. */
  private Key younger(Key made) {
    Instant oldest = keys.get(0).made().plusSeconds(1);
    return made.made().isBefore(oldest) ? new Key(made.name(), made.secret(), oldest) : made;
  }

  private boolean rotationDue(@Nullable Duration every, @Nullable String asked, Instant now) {
    boolean requested = asked != null && !asked.equals(request);
    return requested || (every != null && !now.isBefore(keys.get(0).made().plus(every)));
  }

  /** A rotation is under way. */
  public boolean rotating() {
    return keys.size() > 1;
  }

  /** The LiveKit key file. */
  public String file() {
    return keys.stream()
        .map(key -> key.name() + ": " + key.secret() + "\n")
        .collect(Collectors.joining());
  }

  /** The names, oldest first: what nodes accept, whatever order routers prefer. */
  public List<String> names() {
    List<Key> sorted = new ArrayList<>(keys);
    sorted.sort(Comparator.comparing(Key::made).thenComparing(Key::name));
    return sorted.stream().map(Key::name).toList();
  }
}
