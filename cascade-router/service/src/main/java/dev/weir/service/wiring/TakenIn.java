package dev.weir.service.wiring;

import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import dev.weir.service.config.ProcessRole;
import dev.weir.service.gate.RoomKey;
import dev.weir.service.peering.FocusCalls;
import dev.weir.service.peering.PeeredSites;
import dev.weir.service.slots.Replica;
import dev.weir.service.wiring.AnnexClients.AnnexClient;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.codec.SessionCodec;
import io.quarkus.runtime.Startup;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Answers the gates' questions where a client of an annex is taken in instead: one router, whose it
 * is by the key, asks the focus. A question and its answer are entries of the shared memory for
 * some seconds; a question that is lost with its replica is asked again.
 */
@Singleton
@Startup
final class TakenIn {
  private static final long ASKED_SECONDS = 5;

  /** Long enough for the client that is told to go to come. */
  private static final long YES_SECONDS = 20;

  private static final long NO_SECONDS = 2;

  private final IMap<String, byte[]> questions;
  private final IMap<String, byte[]> answers;
  private final AnnexClients clients;
  private final Foci foci;
  private final Replica replica;

  /** The way to the foci: {@link FocusCalls}. */
  @FunctionalInterface
  interface Foci {
    Optional<FocusCalls.TakenIn> takeIn(
        Site home, Site focus, SlotId slot, Member member, Role role, String annexIdentity);
  }

  @Inject
  TakenIn(
      HazelcastInstance hazelcast,
      AnnexClients clients,
      Provider<PeeredSites> peered,
      Replica replica) {
    this(
        hazelcast,
        clients,
        (home, focus, slot, member, role, identity) ->
            peered.get().focusCalls().takeIn(home, focus, slot, member, role, identity),
        replica);
  }

  TakenIn(HazelcastInstance hazelcast, AnnexClients clients, Foci foci, Replica replica) {
    this.questions = questions(hazelcast);
    this.answers = answers(hazelcast);
    this.clients = clients;
    this.foci = foci;
    this.replica = replica;
    questions.addEntryListener(new Ear(), false);
  }

  static IMap<String, byte[]> questions(HazelcastInstance hazelcast) {
    return hazelcast.getMap("weir.rebinds.questions");
  }

  static IMap<String, byte[]> answers(HazelcastInstance hazelcast) {
    return hazelcast.getMap("weir.rebinds.answers");
  }

  static String key(RoomKey room, String identity) {
    return room.site() + "\n" + room.room() + "\n" + identity;
  }

  static void ask(IMap<String, byte[]> questions, String key) {
    questions.set(key, new byte[0], ASKED_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * What a focus said.
   *
   * @param url empty for no
   */
  record Answer(String focus, String url, String token) {
    static final Answer NO = new Answer("", "", "");

    boolean isYes() {
      return !url.isEmpty();
    }

    static Answer read(byte[] bytes) {
      return SessionCodec.read(bytes, Answer.class);
    }

    @Override
    public String toString() {
      return "Answer[" + focus + "]";
    }
  }

  private void asked(String key) {
    if (replica.owns(ProcessRole.ROUTER, key)) {
      Thread.startVirtualThread(() -> answer(key));
    }
  }

  private void answer(String key) {
    String[] parts = key.split("\n", 3);
    var room = new dev.weir.service.slots.RoomKey(Site.of(parts[0]), parts[1]);
    Optional<Answer> yes =
        clients.find(room, parts[2]).flatMap(client -> takenIn(room.site(), client, parts[2]));
    answers.set(
        key,
        SessionCodec.write(yes.orElse(Answer.NO)),
        yes.isPresent() ? YES_SECONDS : NO_SECONDS,
        TimeUnit.SECONDS);
  }

  private Optional<Answer> takenIn(Site site, AnnexClient client, String identity) {
    Site focus = client.annex().focus();
    return foci.takeIn(site, focus, client.slot(), client.member(), client.role(), identity)
        .map(there -> answer(focus, there));
  }

  private static Answer answer(Site focus, FocusCalls.TakenIn there) {
    return new Answer(focus.name(), there.url(), there.jwt());
  }

  private final class Ear
      implements EntryAddedListener<String, byte[]>, EntryUpdatedListener<String, byte[]> {
    @Override
    public void entryAdded(EntryEvent<String, byte[]> event) {
      asked(event.getKey());
    }

    @Override
    public void entryUpdated(EntryEvent<String, byte[]> event) {
      asked(event.getKey());
    }
  }
}
