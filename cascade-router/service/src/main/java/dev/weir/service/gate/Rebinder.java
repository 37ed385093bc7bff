package dev.weir.service.gate;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Brings the clients of this gate to where they are to be served: to a peer while their room is
 * elsewhere, and back; to their own site when that takes them again.
 *
 * <p>Nobody is sent off into the blue. First the peer is asked for a token for this very client,
 * then the peer's gate whether it would take the client with it, and only then is the client told
 * to join again. Whom the peer does not take stays, and is asked for again. All clients of a room
 * at once: each waits for its own answer only.
 */
final class Rebinder {

  /** Between two questions about one client. */
  private static final Duration ASK_AGAIN = Duration.ofSeconds(3);

  /** A client that came back from a peer's door at once is not sent there again for so long. */
  private static final Duration AFTER_REFUSAL = Duration.ofSeconds(30);

  /** One look in so many says again where the clients are. */
  private static final int SAY_AGAIN = 10;

  private final Rebinds rebinds;
  private final Conduits conduits;
  private final Validation validation;
  private final List<MoveWitness> witnesses;
  private final GateCounters counters;
  private final Clock clock;
  private final Executor blocking;
  private final Map<Conduit, Long> askedAt = new ConcurrentHashMap<>();
  private final AtomicInteger looks = new AtomicInteger();

  Rebinder(
      Rebinds rebinds,
      Conduits conduits,
      Validation validation,
      List<MoveWitness> witnesses,
      GateCounters counters,
      Clock clock,
      Executor blocking) {
    this.rebinds = rebinds;
    this.conduits = conduits;
    this.validation = validation;
    this.witnesses = List.copyOf(witnesses);
    this.counters = counters;
    this.clock = clock;
    this.blocking = blocking;
  }

  /** Looks at the clients of a room for which something has changed. Does not block. */
  void look(RoomKey room) {
    boolean elsewhere = rebinds.elsewhere(room);
    for (Conduit conduit : conduits.of(room)) {
      if (conduit.binding().isAtPeer() == elsewhere) {
        continue;
      }
      if (!elsewhere) {
        rejoin(conduit);
      } else if (isDue(conduit)) {
        blocking.execute(() -> send(conduit));
      }
    }
  }

  /** What a change may have missed: those whom the peer did not take then, or who came since. */
  void lookAgain() {
    Set<RoomKey> rooms = rebinds.rooms();
    rooms.forEach(this::look);
    for (Conduit conduit : conduits.all(Rebinder::wasLedOn)) {
      if (isDue(conduit)) {
        blocking.execute(() -> sendHome(conduit));
      }
    }
    if (looks.incrementAndGet() % SAY_AGAIN == 0) {
      rooms.forEach(conduits::sayWhereTheyAre);
    }
    askedAt.values().removeIf(at -> clock.millis() - at > AFTER_REFUSAL.toMillis());
  }

  private boolean isDue(Conduit conduit) {
    long now = clock.millis();
    boolean fresh = now - conduit.arrival().order() < AFTER_REFUSAL.toMillis();
    if (conduit.binding().stays() && fresh) {
      return false;
    }
    long[] asks = {0};
    askedAt.compute(
        conduit,
        (who, before) -> {
          asks[0] = before == null || now - before >= ASK_AGAIN.toMillis() ? now : 0;
          return asks[0] > 0 ? Long.valueOf(now) : before;
        });
    return asks[0] > 0;
  }

  /** Its own site did not take it when it came. */
  private static boolean wasLedOn(Conduit conduit) {
    return conduit.binding().stays() && conduit.who().passage().isPresent();
  }

  private void sendHome(Conduit conduit) {
    conduit
        .who()
        .passage()
        .flatMap(rebinds::by)
        .ifPresent(home -> ifItTakesThem(home, () -> rejoin(conduit)));
  }

  private void send(Conduit conduit) {
    Admission who = conduit.who();
    rebinds
        .of(who.room(), who.identity())
        .ifPresent(there -> ifItTakesThem(there, () -> leave(conduit)));
  }

  private void ifItTakesThem(Rebinds.Elsewhere peer, Runnable then) {
    Binding there = RoomBinder.at(peer);
    validation
        .ask(there, there.basePath() + "/rtc/validate?access_token=" + there.token(), Map.of())
        .onSuccess(
            found -> {
              if (found instanceof Hold.Found.Open<Validation.Reply>) {
                blocking.execute(then);
              }
            });
  }

  private void leave(Conduit conduit) {
    RoomKey room = conduit.who().room();
    if (rebinds.elsewhere(room)) {
      String node = conduit.binding().nodeOrEmpty();
      witnesses.forEach(witness -> witness.goingElsewhere(room, node));
      rejoin(conduit);
    }
  }

  private void rejoin(Conduit conduit) {
    if (conduit.reconnect()) {
      counters.rejoin("rebound");
    }
  }
}
