package dev.weir.service.wiring;

import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import dev.weir.service.config.Configuration;
import dev.weir.service.config.HomeSite;
import dev.weir.service.gate.Rebinds;
import dev.weir.service.gate.RoomKey;
import dev.weir.service.net.AddressGuard;
import dev.weir.service.net.Dns;
import dev.weir.service.sfu.Passage;
import dev.weir.service.slots.Rooms;
import dev.weir.service.slots.SlotChange;
import dev.weir.service.slots.Slots;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.slot.SlotState;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Which rooms' clients are bound elsewhere, as the slots say, and the way there for each client.
 *
 * <p>A gate may be a process of its own that knows no partner. So it asks through the shared
 * memory, and a router answers there: {@link TakenIn}. Answers are kept for a moment, because the
 * same question comes twice: before the client is told to go, and when it comes.
 */
@Singleton
@Startup
final class SharedRebinds implements Rebinds {
  private static final Logger LOG = Logger.getLogger(SharedRebinds.class);
  private static final long PATIENCE_MILLIS = 4_000;

  private record SlotKey(Site site, SlotId slot) {}

  private final IMap<String, byte[]> questions;
  private final IMap<String, byte[]> answers;
  private final Dns dns;
  private final AddressGuard guard;
  private final Map<SlotKey, Set<RoomKey>> bySlot = new ConcurrentHashMap<>();
  private final Set<RoomKey> rooms = ConcurrentHashMap.newKeySet();
  private final Map<String, CompletableFuture<TakenIn.Answer>> waiting = new ConcurrentHashMap<>();
  private final List<Consumer<RoomKey>> listeners = new CopyOnWriteArrayList<>();

  SharedRebinds(
      HazelcastInstance hazelcast,
      Configuration configuration,
      Slots slots,
      Dns dns,
      AddressGuard guard) {
    this.questions = TakenIn.questions(hazelcast);
    this.answers = TakenIn.answers(hazelcast);
    this.dns = dns;
    this.guard = guard;
    answers.addEntryListener(new Ear(), true);
    slots.onChange(this::changed);
    for (HomeSite home : configuration.current().all()) {
      for (SlotId slot : slots.live(home.site())) {
        slots
            .find(home.site(), slot)
            .ifPresent(state -> changed(new SlotChange(home.site(), slot, state, List.of())));
      }
    }
  }

  private void changed(SlotChange change) {
    Set<RoomKey> now = away(change.site(), change.state());
    SlotKey slot = new SlotKey(change.site(), change.slot());
    Set<RoomKey> before =
        Optional.ofNullable(now.isEmpty() ? bySlot.remove(slot) : bySlot.put(slot, now))
            .orElse(Set.of());
    Set<RoomKey> different = new HashSet<>(now);
    different.addAll(before);
    different.removeIf(room -> now.contains(room) && before.contains(room));
    rooms.addAll(now);
    different.stream().filter(room -> !now.contains(room)).forEach(rooms::remove);
    different.forEach(room -> listeners.forEach(listener -> listener.accept(room)));
  }

  private static Set<RoomKey> away(Site site, SlotState state) {
    return state.elsewhere().stream()
        .filter(annex -> annex.isAway())
        .map(annex -> GateWords.gate(Rooms.key(site, state.slot(), annex.room())))
        .collect(Collectors.toSet());
  }

  @Override
  public Set<RoomKey> rooms() {
    return Set.copyOf(rooms);
  }

  @Override
  public boolean elsewhere(RoomKey room) {
    return rooms.contains(room);
  }

  @Override
  public void onChange(Consumer<RoomKey> listener) {
    listeners.add(listener);
  }

  @Override
  public Optional<Elsewhere> of(RoomKey room, String identity) {
    String key = TakenIn.key(room, identity);
    byte[] known = answers.get(key);
    return (known == null ? ask(key) : Optional.of(TakenIn.Answer.read(known)))
        .filter(TakenIn.Answer::isYes)
        .flatMap(yes -> checked(yes.focus(), yes.url(), yes.token()));
  }

  @Override
  public Optional<Elsewhere> by(Passage passage) {
    return checked(passage.partner(), passage.url(), passage.jwt());
  }

  private Optional<TakenIn.Answer> ask(String key) {
    CompletableFuture<TakenIn.Answer> answer =
        waiting.computeIfAbsent(key, asked -> new CompletableFuture<>());
    TakenIn.ask(questions, key);
    try {
      return Optional.ofNullable(
          answer.completeOnTimeout(null, PATIENCE_MILLIS, TimeUnit.MILLISECONDS).join());
    } finally {
      waiting.remove(key, answer);
    }
  }

  /** The partner names a URL; what is dialled is an address that we may be sent to. */
  private Optional<Elsewhere> checked(String partner, String named, String token) {
    try {
      URI url = URI.create(named);
      boolean webSocket = "wss".equals(url.getScheme()) || "ws".equals(url.getScheme());
      if (!webSocket || url.getHost() == null) {
        throw new IOException("no WebSocket URL");
      }
      for (InetAddress address : dns.addresses(url.getHost().replaceAll("[\\[\\]]", ""))) {
        if (guard.permits(address)) {
          return Optional.of(new Elsewhere(partner, url, address, token));
        }
      }
      throw new IOException("no address that is allowed here");
    } catch (IOException | IllegalArgumentException e) {
      LOG.warnf("event=partner_not_reachable partner=%s problem=\"%s\"", partner, e.getMessage());
      return Optional.empty();
    }
  }

  private final class Ear
      implements EntryAddedListener<String, byte[]>, EntryUpdatedListener<String, byte[]> {
    @Override
    public void entryAdded(EntryEvent<String, byte[]> event) {
      heard(event);
    }

    @Override
    public void entryUpdated(EntryEvent<String, byte[]> event) {
      heard(event);
    }

    private void heard(EntryEvent<String, byte[]> event) {
      CompletableFuture<TakenIn.Answer> answer = waiting.get(event.getKey());
      if (answer != null) {
        answer.complete(TakenIn.Answer.read(event.getValue()));
      }
    }
  }
}
