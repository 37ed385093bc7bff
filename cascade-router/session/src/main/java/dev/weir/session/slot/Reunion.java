package dev.weir.session.slot;

import dev.weir.session.Attachment;
import dev.weir.session.view.SlotView;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BinaryOperator;

/**
 * One state of two that replicas of one site came to while they could not hear each other: of each
 * record the higher version, of everything else the union, of two generations of an attachment the
 * later one. The order of the two does not matter, and saying it twice changes nothing. Who has
 * left meanwhile is found by the next look at the nodes; nobody is lost for that look.
 */
public final class Reunion {
  private static final Comparator<Attachment> LATER =
      Comparator.comparing(Attachment::joinedAt)
          .thenComparing(Attachment::sid)
          .thenComparing(Attachment::publishes);

  private static final Comparator<RoomMove> FURTHER =
      Comparator.comparing(RoomMove::switched)
          .thenComparing(RoomMove::from)
          .thenComparing(RoomMove::to);

  private Reunion() {}

  public static SlotState of(SlotState one, SlotState other) {
    return new SlotState(
        SlotView.reunited(one.view(), other.view()),
        one.last().isAbove(other.last()) ? one.last() : other.last(),
        union(one.attachments(), other.attachments(), BinaryOperator.maxBy(LATER)),
        union(one.clients(), other.clients(), Reunion::facts),
        union(one.focusSince(), other.focusSince(), Reunion::earlier),
        partners(one.partners(), other.partners()),
        transits(one.transits(), other.transits()));
  }

  private static Partners partners(Partners one, Partners other) {
    return new Partners(
        union(one.connected(), other.connected()),
        union(one.matched(), other.matched()),
        union(one.admitted(), other.admitted(), Reunion::later),
        union(one.unannounced(), other.unannounced(), Reunion::later));
  }

  private static Transits transits(Transits one, Transits other) {
    return new Transits(
        moves(one.moves(), other.moves()),
        union(one.travellers(), other.travellers()),
        union(one.upgrades(), other.upgrades(), Reunion::later),
        Absences.reunited(one.elsewhere(), other.elsewhere()));
  }

  /** A room has one move at a time: of two, the one that has come further. */
  private static Set<RoomMove> moves(Set<RoomMove> one, Set<RoomMove> other) {
    Map<String, RoomMove> byRoom = new TreeMap<>();
    for (RoomMove move : union(one, other)) {
      byRoom.merge(move.room().toString(), move, BinaryOperator.maxBy(FURTHER));
    }
    return Set.copyOf(byRoom.values());
  }

  private static ClientFacts facts(ClientFacts one, ClientFacts other) {
    boolean suspect = one.suspect() || other.suspect();
    return new ClientFacts(
        one.multiSfu() || other.multiSfu(),
        union(one.asked(), other.asked(), Reunion::later),
        union(one.direct(), other.direct()),
        one.declared().compareTo(other.declared()) >= 0 ? one.declared() : other.declared(),
        suspect,
        // A suspicion that has not ended on either side has not ended.
        stillSuspect(one) || stillSuspect(other)
            ? Instant.EPOCH
            : later(one.suspectUntil(), other.suspectUntil()));
  }

  private static boolean stillSuspect(ClientFacts facts) {
    return facts.suspect() && facts.suspectUntil().equals(Instant.EPOCH);
  }

  private static <K, V> Map<K, V> union(Map<K, V> one, Map<K, V> other, BinaryOperator<V> ofTwo) {
    Map<K, V> all = new HashMap<>(one);
    other.forEach((key, value) -> all.merge(key, value, ofTwo));
    return all;
  }

  private static <T> Set<T> union(Collection<T> one, Collection<T> other) {
    Set<T> all = new HashSet<>(one);
    all.addAll(other);
    return all;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
