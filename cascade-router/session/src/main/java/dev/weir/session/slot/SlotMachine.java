package dev.weir.session.slot;

import dev.weir.session.Attachment;
import dev.weir.session.Client;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.view.Held;
import dev.weir.session.view.MemberRecord;
import dev.weir.session.view.Merge;
import dev.weir.session.view.SlotView;
import dev.weir.session.view.Version;
import dev.weir.session.view.Writer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The transition of a slot: fact, then who is legacy, then which of our records changed, then whom
 * that concerns. Every event is idempotent, so doubled and repeated ones change nothing.
 */
public final class SlotMachine {
  private static final Duration REQUESTS_LAST = Duration.ofMinutes(1);

  /** As long as a token; who is still there after that is known by its records. */
  private static final Duration ADMISSIONS_LAST = Duration.ofHours(1);

  private final SlotPolicy policy;

  public SlotMachine(SlotPolicy policy) {
    this.policy = policy;
  }

  public Step apply(SlotState before, SlotEvent event, Instant now) {
    List<SlotEffect> effects = new ArrayList<>();
    SlotState state = fact(before, event, now, effects);
    state = Travellers.followed(before, Absences.ended(endUpgrades(state, now), now));
    Set<Site> reconnected = new HashSet<>(state.connected());
    reconnected.removeAll(before.connected());
    state = state.withFocusSince(Suspicion.foci(state, state.view().live(), reconnected, now));
    Suspicion.Judged judged = Suspicion.judge(state, policy, now);
    state = forgetClients(judged.state(), now);
    boolean allAnew = event instanceof SlotEvent.NewEpoch;
    if (allAnew || saysSomethingElse(before, state)) {
      state = writeRecords(state, allAnew, now, effects);
    }
    share(before, state, effects);
    return new Step(state, effects, Optional.ofNullable(wakeAt(state, judged.wakeAt())));
  }

  private SlotState fact(SlotState state, SlotEvent event, Instant now, List<SlotEffect> effects) {
    return switch (event) {
      case SlotEvent.Asked(Client client, Site focus) ->
          observe(state, client, facts -> facts.withAsked(focus, now));
      case SlotEvent.DirectAt(Client client, Site focus, boolean direct) ->
          observe(state, client, facts -> facts.withDirect(focus, direct));
      case SlotEvent.Declares(Client client, Declared declared) ->
          declares(state, client, declared);
      case SlotEvent.Admitted(Site home) -> admitted(state, home, now);
      case SlotEvent.Matched(Site peer, boolean has) ->
          Unannounced.noted(matched(state, peer, has), peer, has, now);
      case SlotEvent.Joined(Attachment attachment) -> joined(state, attachment);
      case SlotEvent.Left(Attachment.Key key, String sid) -> left(state, key, sid);
      case SlotEvent.Publishes(Attachment.Key key, String sid, boolean publishes) ->
          publishes(state, key, sid, publishes);
      case SlotEvent.Listed listed -> listed(state, listed);
      case SlotEvent.UpgradeBegan(Attachment.Key key, Instant until) -> upgrade(state, key, until);
      case SlotEvent.UpgradeEnded(Attachment.Key key, Instant until) ->
          until.equals(state.upgrades().get(key)) ? upgrade(state, key, null) : state;
      case SlotEvent.Moving(RoomMove move) -> moving(state, move.room(), move);
      case SlotEvent.MoveEnded(Room room) -> moving(state, room, null);
      case SlotEvent.SentElsewhere(Room annex, String node) -> Absences.sent(state, annex, node);
      case SlotEvent.CalledBack(Room annex) -> Absences.calledBack(state, annex, now);
      case SlotEvent.BoundElsewhere(Room annex, Client client, boolean there) ->
          bound(state, annex, client, there);
      case SlotEvent.PeersConnected(Set<Site> peers) -> state.withConnected(peers);
      case SlotEvent.PeerGone(Site peer) -> Absences.calledBack(peerGone(state, peer), peer, now);
      case SlotEvent.PeerRecord record -> merge(state, record, now, effects);
      case SlotEvent.PeerSnapshot snapshot -> merge(state, snapshot, now, effects);
      case SlotEvent.PeerHint(Site from, Set<Site> sites, Set<Site> withGuests) ->
          state.withView(state.view().withHint(from, sites, withGuests, policy.hintedSites()));
      case SlotEvent.NewEpoch(long epoch) ->
          state.withLast(
              Version.newEpoch(state.last().epoch(), epoch - 1, Instant.EPOCH, policy.replica()));
      case SlotEvent.Tick() -> Unannounced.expire(expire(state, now), now);
    };
  }

  private static SlotState observe(
      SlotState state, Client client, UnaryOperator<ClientFacts> change) {
    Map<Client, ClientFacts> clients = new HashMap<>(state.clients());
    clients.put(client, change.apply(clients.getOrDefault(client, ClientFacts.NONE)));
    return state.withClients(clients);
  }

  /** Whoever is bound to a view annex is multi-SFU, and views the focus wherever it is served. */
  private static SlotState bound(SlotState state, Room annex, Client client, boolean there) {
    SlotState changed = Absences.bound(state, annex, client, there);
    return annex.kind() == Room.Kind.VIEW
        ? observe(changed, client, facts -> facts.asMultiSfu().withDirect(annex.focus(), there))
        : changed;
  }

  /** Events may name any number of devices that never come. */
  private SlotState declares(SlotState state, Client client, Declared declared) {
    boolean known = state.clients().containsKey(client);
    boolean nothingNew = !known && declared == Declared.UNKNOWN;
    boolean tooMany = !known && state.clients().size() >= policy.limits().recordsPerWriter();
    return nothingNew || tooMany
        ? state
        : observe(state, client, facts -> facts.withDeclared(declared));
  }

  private static SlotState admitted(SlotState state, Site home, Instant now) {
    Map<Site, Instant> sites = new HashMap<>(state.admitted());
    sites.put(home, now);
    return state.withAdmitted(sites);
  }

  private static SlotState expire(SlotState state, Instant now) {
    Map<Site, Instant> admitted = new HashMap<>(state.admitted());
    admitted.values().removeIf(at -> !at.isAfter(now.minus(ADMISSIONS_LAST)));
    return state.withView(state.view().expire(now)).withAdmitted(admitted);
  }

  private static SlotState matched(SlotState state, Site peer, boolean has) {
    Set<Site> peers = new HashSet<>(state.matched());
    boolean changed = has ? peers.add(peer) : peers.remove(peer);
    return changed ? state.withMatched(peers) : state;
  }

  private static SlotState peerGone(SlotState state, Site peer) {
    Map<Site, Instant> admitted = new HashMap<>(state.admitted());
    admitted.remove(peer);
    return Unannounced.forgotten(
        matched(state.withView(state.view().without(peer)).withAdmitted(admitted), peer, false),
        peer);
  }

  private static SlotState joined(SlotState state, Attachment attachment) {
    @Nullable Attachment known = state.attachments().get(attachment.key());
    Attachment latest = attachment;
    if (known != null) {
      if (known.sid().equals(attachment.sid())) {
        latest = attachment.withPublishes(known.publishes() || attachment.publishes());
      } else if (known.joinedAt().isAfter(attachment.joinedAt())) {
        // An older generation's late join must not replace the newer one.
        return state;
      }
    }
    Map<Attachment.Key, Attachment> attachments = new HashMap<>(state.attachments());
    attachments.put(latest.key(), latest);
    SlotState changed = upgrade(state.withAttachments(attachments), attachment.key(), null);
    return attachment.role() == Role.VIEW
        ? observe(changed, attachment.client(), ClientFacts::asMultiSfu)
        : changed;
  }

  private static SlotState left(SlotState state, Attachment.Key key, String sid) {
    @Nullable Attachment known = state.attachments().get(key);
    if (known == null || !known.sid().equals(sid)) {
      return state;
    }
    Map<Attachment.Key, Attachment> attachments = new HashMap<>(state.attachments());
    attachments.remove(key);
    return state.withAttachments(attachments);
  }

  private static SlotState publishes(
      SlotState state, Attachment.Key key, String sid, boolean publishes) {
    @Nullable Attachment known = state.attachments().get(key);
    if (known == null || !known.sid().equals(sid)) {
      return state;
    }
    Map<Attachment.Key, Attachment> attachments = new HashMap<>(state.attachments());
    attachments.put(key, known.withPublishes(publishes));
    return state.withAttachments(attachments);
  }

  private static SlotState listed(SlotState state, SlotEvent.Listed listed) {
    Map<Attachment.Key, Attachment> attachments = new HashMap<>(state.attachments());
    attachments
        .values()
        .removeIf(
            a ->
                a.node().equals(listed.node())
                    && a.room().equals(listed.room())
                    && a.joinedAt().isBefore(listed.takenAt()));
    SlotState changed = state;
    for (Attachment attachment : listed.natives()) {
      changed = upgrade(changed, attachment.key(), null);
      @Nullable Attachment known = state.attachments().get(attachment.key());
      if (known != null && known.sid().equals(attachment.sid())) {
        attachments.put(known.key(), known.withPublishes(attachment.publishes()));
      } else if (!attachments.containsKey(attachment.key())) {
        attachments.put(attachment.key(), attachment);
        if (attachment.role() == Role.VIEW) {
          changed = observe(changed, attachment.client(), ClientFacts::asMultiSfu);
        }
      }
    }
    return changed.withAttachments(attachments);
  }

  private static SlotState upgrade(SlotState state, Attachment.Key key, @Nullable Instant until) {
    if (until == null && !state.upgrades().containsKey(key)) {
      return state;
    }
    Map<Attachment.Key, Instant> upgrades = new HashMap<>(state.upgrades());
    if (until == null) {
      upgrades.remove(key);
    } else {
      upgrades.put(key, until);
    }
    return state.withUpgrades(upgrades);
  }

  private static SlotState endUpgrades(SlotState state, Instant now) {
    if (state.upgrades().values().stream().allMatch(until -> until.isAfter(now))) {
      return state;
    }
    Map<Attachment.Key, Instant> upgrades = new HashMap<>(state.upgrades());
    upgrades.values().removeIf(until -> !until.isAfter(now));
    return state.withUpgrades(upgrades);
  }

  private static SlotState moving(SlotState state, Room room, @Nullable RoomMove move) {
    Set<RoomMove> moves = new HashSet<>(state.moves());
    moves.removeIf(m -> m.room().equals(room));
    if (move != null) {
      moves.add(move);
    }
    return state.withMoves(moves);
  }

  private SlotState merge(
      SlotState state, SlotEvent.PeerRecord event, Instant now, List<SlotEffect> effects) {
    Merge merge =
        state.view().merge(event.from(), event.record(), policy.sites(), policy.limits(), now);
    if (merge instanceof Merge.Refused refused) {
      effects.add(new SlotEffect.Refused(event.from(), refused.reason()));
    }
    return state.withView(merge.view());
  }

  private SlotState merge(
      SlotState state, SlotEvent.PeerSnapshot event, Instant now, List<SlotEffect> effects) {
    SlotView.Snapshotted merged =
        state.view().merge(event.from(), event.snapshot(), policy.sites(), policy.limits(), now);
    merged.refusals().forEach(reason -> effects.add(new SlotEffect.Refused(event.from(), reason)));
    return state.withView(merged.view());
  }

  /** Facts live as long as the client is attached; a request may come shortly before it joins. */
  private static SlotState forgetClients(SlotState state, Instant now) {
    Instant recent = now.minus(REQUESTS_LAST);
    Set<Client> attached = new HashSet<>();
    state.attachments().values().forEach(a -> attached.add(a.client()));
    Map<Client, ClientFacts> kept = new HashMap<>(state.clients());
    boolean fewer =
        kept.entrySet()
            .removeIf(
                e ->
                    !attached.contains(e.getKey())
                        && e.getValue().declared() == Declared.UNKNOWN
                        && e.getValue().asked().values().stream()
                            .noneMatch(at -> at.isAfter(recent)));
    return fewer ? state.withClients(kept) : state;
  }

  /** Our records follow from these alone: what peers say does not change what we say. */
  private static boolean saysSomethingElse(SlotState before, SlotState after) {
    return !after.attachments().equals(before.attachments())
        || !after.clients().equals(before.clients())
        || !after.moves().equals(before.moves());
  }

  private SlotState writeRecords(
      SlotState state, boolean allAnew, Instant now, List<SlotEffect> effects) {
    Map<Client, List<Attachment>> byClient = Suspicion.byClient(state);
    Map<Client, Held> written =
        state.view().writers().getOrDefault(state.self(), Writer.EMPTY).records();
    Set<Client> clients = new TreeSet<>(byClient.keySet());
    clients.addAll(written.keySet());
    SlotView view = state.view();
    Version last = state.last();
    for (Client client : clients) {
      @Nullable MemberRecord known =
          written.containsKey(client) ? view.own(client).orElse(null) : null;
      @Nullable MemberRecord due =
          due(state, client, byClient.getOrDefault(client, List.of()), known);
      if (due != null && (allAnew || known == null || !due.saysTheSameAs(known))) {
        last = last.next(policy.replica());
        MemberRecord record = due.at(last);
        view = view.write(record, now);
        effects.add(new SlotEffect.Tell(record));
      }
    }
    return last.equals(state.last()) ? state : state.withView(view).withLast(last);
  }

  private @Nullable MemberRecord due(
      SlotState state, Client client, List<Attachment> attachments, @Nullable MemberRecord known) {
    ClientFacts facts = state.clients().getOrDefault(client, ClientFacts.NONE);
    Optional<MemberRecord> live =
        OwnRecords.of(state.self(), client, attachments, facts, policy.sites());
    if (live.isPresent()) {
      return live.get();
    }
    if (known == null || known.left() || isMovingAway(state, known)) {
      return known;
    }
    return known.asLeft(Version.NONE);
  }

  /** Between its leave at the old node and its join at the new one a member has not left. */
  private static boolean isMovingAway(SlotState state, MemberRecord known) {
    return state.moves().stream()
        .anyMatch(
            move -> move.room().equals(known.source().room()) && move.from().equals(known.node()));
  }

  private static void share(SlotState before, SlotState after, List<SlotEffect> effects) {
    Set<Site> known = Sharing.peers(before);
    Set<Site> shared = new TreeSet<>(Sharing.peers(after));
    shared.removeAll(known);
    shared.forEach(peer -> effects.add(new SlotEffect.Share(peer)));
    if (!Sharing.throughUs(before).equals(Sharing.throughUs(after))
        || !Sharing.guestsOfOurs(before).equals(Sharing.guestsOfOurs(after))) {
      effects.add(new SlotEffect.TellHint());
    }
  }

  private static @Nullable Instant wakeAt(SlotState state, @Nullable Instant suspicion) {
    @Nullable Instant wake = Suspicion.earlier(Unannounced.wakeAt(state), suspicion);
    for (Instant until : state.upgrades().values()) {
      wake = Suspicion.earlier(wake, until);
    }
    for (Instant at : state.admitted().values()) {
      wake = Suspicion.earlier(wake, at.plus(ADMISSIONS_LAST));
    }
    wake = Suspicion.earlier(wake, Absences.firstEnd(state));
    if (!state.isLive()) {
      for (ClientFacts facts : state.clients().values()) {
        Optional<Instant> asked = facts.asked().values().stream().max(Comparator.naturalOrder());
        wake = Suspicion.earlier(wake, asked.map(at -> at.plus(REQUESTS_LAST)).orElse(null));
      }
    }
    for (Writer writer : state.view().writers().values()) {
      for (Held held : writer.records().values()) {
        if (held.record().left()) {
          wake = Suspicion.earlier(wake, held.heldAt().plus(SlotView.TOMBSTONES_LAST));
        }
      }
    }
    return wake;
  }
}
