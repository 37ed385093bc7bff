package dev.weir.service.slots;

import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryMergedListener;
import com.hazelcast.map.listener.EntryRemovedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.name.RoomNames;
import dev.weir.session.placement.Part;
import dev.weir.session.placement.Placement;
import dev.weir.session.placement.Placer;
import dev.weir.session.placement.Recent;
import dev.weir.session.placement.Route;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The rooms that the router knows, and the node that holds each: shared by all replicas. */
@Singleton
public final class Rooms {
  private static final Duration REMEMBERED = Duration.ofHours(2);

  private final IMap<String, byte[]> map;
  private final Reports reports;
  private final Slots slots;
  private final InstantSource clock;
  private final Map<RoomKey, RoomEntry> seen = new ConcurrentHashMap<>();
  private final Recent recent = new Recent();
  private final List<BiConsumer<RoomKey, RoomEntry>> listeners = new CopyOnWriteArrayList<>();
  private final InOrder order = new InOrder();

  Rooms(
      HazelcastInstance hazelcast,
      Reports reports,
      Slots slots,
      InstantSource clock,
      Upheavals upheavals) {
    this.map = hazelcast.getMap("weir.rooms");
    this.reports = reports;
    this.slots = slots;
    this.clock = clock;
    map.addEntryListener(new Ear(), true);
    map.forEach((key, value) -> seen.put(RoomKey.parse(key), RoomEntry.read(value)));
    upheavals.onDoubt(this::readAgain);
    upheavals.onDivergence(this::readAgain);
  }

  public static RoomKey key(Site site, SlotId slot, Room room) {
    return new RoomKey(site, RoomNames.of(slot, room));
  }

  public Optional<RoomEntry> find(RoomKey key) {
    return Optional.ofNullable(map.get(key.toString())).map(RoomEntry::read);
  }

  /** What this replica last heard of the room, without a round trip. */
  public Optional<RoomEntry> glance(RoomKey key) {
    return Optional.ofNullable(seen.get(key));
  }

  /** All rooms, as of a moment ago. */
  public Map<RoomKey, RoomEntry> all() {
    return Map.copyOf(seen);
  }

  /**
   * The part of the room that a joiner goes to, chosen now when there is none; empty when no node
   * can take it.
   */
  public Optional<Part> place(Site site, SlotId slot, Room room, String identity) {
    RoomKey key = key(site, slot, room);
    AtomicReference<@Nullable Route> chosen = new AtomicReference<>();
    RoomEntry entry =
        update(
            key,
            held -> {
              RoomEntry old =
                  held == null
                      ? new RoomEntry(slot, room, Placement.NOWHERE, clock.instant())
                      : held;
              Route route =
                  Placer.route(old.placement(), reports.of(site), recent, region(key, old));
              chosen.set(route);
              return switch (route) {
                case Route.Existing there -> isInUse(old) ? old : old.usedAt(clock.instant());
                case Route.New node ->
                    old.with(old.placement().with(node.node(), node.purpose()))
                        .usedAt(clock.instant());
                case Route.Nowhere nowhere -> old;
              };
            });
    return switch (chosen.get()) {
      case Route.Existing there -> {
        placed(there.part().node(), identity, false);
        yield Optional.of(there.part());
      }
      case Route.New node -> {
        placed(node.node(), identity, true);
        yield Optional.ofNullable(entry)
            .flatMap(
                made ->
                    made.placement().live().stream()
                        .filter(part -> part.node().equals(node.node()))
                        .findFirst());
      }
      case Route.Nowhere nowhere -> Optional.empty();
      case null -> Optional.empty();
    };
  }

  /**
   * As {@link #place}, for who gets a token and is placed again when it connects: where the room
   * has its place, what this replica has heard of it will do.
   */
  Optional<Part> placeForToken(Site site, SlotId slot, Room room, String identity) {
    RoomKey key = key(site, slot, room);
    RoomEntry heard = seen.get(key);
    // Only a place that is there counts here, so no region is wanted.
    if (heard != null
        && isInUse(heard)
        && Placer.route(heard.placement(), reports.of(site), recent, "")
            instanceof Route.Existing there) {
      placed(there.part().node(), identity, false);
      return Optional.of(there.part());
    }
    return place(site, slot, room, identity);
  }

  private boolean isInUse(RoomEntry entry) {
    return !entry.used().plusSeconds(60).isBefore(clock.instant());
  }

  /** The part that takes a client now; empty when the room is full or being emptied everywhere. */
  public Optional<Part> open(RoomKey key, RoomEntry entry) {
    return Placer.open(entry.placement(), reports.of(key.site()), recent);
  }

  /** Moves the part of that epoch for everybody at once, unless somebody else has moved it. */
  public Optional<Part> switchTo(RoomKey key, long expectedEpoch, String node) {
    RoomEntry entry =
        update(
            key,
            held -> {
              Optional<Part> now = held == null ? Optional.empty() : part(held, expectedEpoch);
              return held == null || now.isEmpty()
                  ? held
                  // A node's list may be older than its new room: see absent().
                  : held.with(held.placement().moved(now.get().node(), node))
                      .usedAt(clock.instant());
            });
    return Optional.ofNullable(entry)
        .flatMap(after -> after.placement().at(node))
        .filter(part -> part.epoch() > expectedEpoch);
  }

  private static Optional<Part> part(RoomEntry entry, long epoch) {
    return entry.placement().live().stream().filter(part -> part.epoch() == epoch).findFirst();
  }

  /** Another node that could take the room. */
  public Optional<String> target(RoomKey key, Set<String> notThese) {
    return find(key)
        .flatMap(
            entry ->
                Placer.target(
                    entry.placement(),
                    reports.of(key.site()).stream()
                        .filter(report -> !notThese.contains(report.node()))
                        .toList(),
                    recent,
                    region(key, entry)));
  }

  public List<RoomKey> roomsOn(String node) {
    return seen.entrySet().stream()
        .filter(entry -> entry.getValue().placement().live().stream().anyMatch(onNode(node)))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** A node's own list names this room, with people in it. */
  public void found(RoomKey key, SlotId slot, Room room, String node) {
    update(
        key,
        held -> {
          RoomEntry old =
              held == null ? new RoomEntry(slot, room, Placement.NOWHERE, clock.instant()) : held;
          Placement placement = old.placement().found(List.of(node), List.of(node));
          return placement.equals(old.placement())
              ? held == null ? old : held
              : old.with(placement);
        });
  }

  /** A node's own list no longer names this room. */
  public void absent(RoomKey key, String node) {
    update(
        key,
        held -> {
          if (held == null || held.nodes().stream().noneMatch(node::equals)) {
            return held;
          }
          // What was just made may not be in the list yet.
          return held.used().plusSeconds(30).isAfter(clock.instant())
              ? held
              : held.with(held.placement().gone(node));
        });
    RoomEntry entry = seen.get(key);
    if (entry != null
        && entry.nodes().isEmpty()
        && entry.used().plus(REMEMBERED).isBefore(clock.instant())) {
      map.remove(key.toString());
    }
  }

  /** The node takes nobody new for this room; who is there is being moved to its first place. */
  public void leaving(RoomKey key, String node) {
    update(key, held -> held == null ? null : held.with(held.placement().leaving(node)));
  }

  /** What was heard while it was read is newer than what was read. */
  private void readAgain() {
    Map<RoomKey, RoomEntry> before = Map.copyOf(seen);
    Map<RoomKey, RoomEntry> there = new HashMap<>();
    map.forEach((name, bytes) -> there.put(RoomKey.parse(name), RoomEntry.read(bytes)));
    there.forEach(
        (key, now) -> {
          RoomEntry old = before.get(key);
          boolean unheard =
              old == null ? seen.putIfAbsent(key, now) == null : seen.replace(key, old, now);
          if (unheard && !now.equals(old)) {
            tell(key, now);
          }
        });
    before.forEach(
        (key, old) -> {
          if (!there.containsKey(key)) {
            seen.remove(key, old);
          }
        });
  }

  private void tell(RoomKey key, RoomEntry entry) {
    order.run(key, () -> listeners.forEach(listener -> listener.accept(key, entry)));
  }

  /** Told on every replica after each change of a room, also by other replicas. */
  public void onChange(BiConsumer<RoomKey, RoomEntry> listener) {
    listeners.add(listener);
  }

  private @Nullable RoomEntry update(RoomKey key, UnaryOperator<@Nullable RoomEntry> change) {
    String name = key.toString();
    while (true) {
      byte[] before = map.get(name);
      RoomEntry old = before == null ? null : RoomEntry.read(before);
      RoomEntry next = change.apply(old);
      if (next == null || next.equals(old)) {
        return next;
      }
      byte[] after = next.write();
      if (before == null
          ? map.putIfAbsent(name, after) == null
          : map.replace(name, before, after)) {
        return next;
      }
    }
  }

  private void placed(String node, String identity, boolean newRoom) {
    recent.add(node, identity, newRoom, clock.instant());
  }

  /**
   * Where the room is; a new one is wanted near the slot's home room, else where most people of the
   * slot are, for all its rooms are bridged. Of the first member nothing is known: clients do not
   * say where they are.
   */
  private String region(RoomKey key, RoomEntry entry) {
    return entry
        .placement()
        .primary()
        .or(
            () ->
                glance(key(key.site(), entry.slot(), Room.home(key.site())))
                    .flatMap(home -> home.placement().primary()))
        .map(Part::node)
        .or(() -> mostPopulous(key.site(), entry.slot()))
        .map(reports::region)
        .orElse("");
  }

  private Optional<String> mostPopulous(Site site, SlotId slot) {
    Map<String, Integer> people = new TreeMap<>();
    slots
        .find(site, slot)
        .ifPresent(
            state ->
                state
                    .attachments()
                    .keySet()
                    .forEach(at -> people.merge(at.node(), 1, Integer::sum)));
    return people.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
  }

  private static Predicate<Part> onNode(String node) {
    return part -> part.node().equals(node);
  }

  private final class Ear
      implements EntryAddedListener<String, byte[]>,
          EntryMergedListener<String, byte[]>,
          EntryUpdatedListener<String, byte[]>,
          EntryRemovedListener<String, byte[]> {
    @Override
    public void entryAdded(EntryEvent<String, byte[]> event) {
      heard(event);
    }

    @Override
    public void entryUpdated(EntryEvent<String, byte[]> event) {
      heard(event);
    }

    @Override
    public void entryMerged(EntryEvent<String, byte[]> event) {
      heard(event);
    }

    @Override
    public void entryRemoved(EntryEvent<String, byte[]> event) {
      seen.remove(RoomKey.parse(event.getKey()));
    }

    private void heard(EntryEvent<String, byte[]> event) {
      RoomKey key = RoomKey.parse(event.getKey());
      RoomEntry entry = RoomEntry.read(event.getValue());
      seen.put(key, entry);
      tell(key, entry);
    }
  }
}
