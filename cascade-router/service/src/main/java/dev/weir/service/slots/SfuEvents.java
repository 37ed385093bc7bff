package dev.weir.service.slots;

import dev.weir.service.config.Configuration;
import dev.weir.service.config.HomeSite;
import dev.weir.service.config.Node;
import dev.weir.service.config.Pool;
import dev.weir.service.sfu.SigningKey;
import dev.weir.service.sfu.Webhooks;
import dev.weir.session.Attachment;
import dev.weir.session.Role;
import dev.weir.session.Site;
import dev.weir.session.delegation.Evidence;
import dev.weir.session.delegation.LeaveReason;
import dev.weir.session.slot.SlotEvent;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitWebhook.WebhookEvent;

/**
 * What nodes say by webhook. Webhooks are hints: lost, late, doubled or disordered ones are put
 * right by polling, and every event names the SID that it is about.
 */
@Singleton
public final class SfuEvents {
  private final Configuration configuration;
  private final Rooms rooms;
  private final Slots slots;
  private final Participants participants;
  private final NodeWatch watch;
  private final Instance<PresenceObserver> observers;
  private final MeterRegistry meters;
  private final InOrder order = new InOrder();

  /** Where an event came from. */
  private record Origin(HomeSite home, Pool pool) {}

  SfuEvents(
      Configuration configuration,
      Rooms rooms,
      Slots slots,
      Participants participants,
      NodeWatch watch,
      Instance<PresenceObserver> observers,
      MeterRegistry meters) {
    this.configuration = configuration;
    this.rooms = rooms;
    this.slots = slots;
    this.participants = participants;
    this.watch = watch;
    this.observers = observers;
    this.meters = meters;
  }

  /**
   * Takes a webhook; what follows from it happens later and in order for each room.
   *
   * @param nodeHint the node that the webhook's URL names, if it does
   */
  public void receive(String authorization, String body, Optional<String> nodeHint) {
    for (HomeSite home : configuration.current().all()) {
      for (Pool pool : home.pools()) {
        Optional<WebhookEvent> event = read(pool.keys(), authorization, body);
        if (event.isPresent()) {
          meters.counter("weir.webhooks", "outcome", "taken").increment();
          RoomKey key = new RoomKey(home.site(), event.get().getRoom().getName());
          order.run(key, () -> take(new Origin(home, pool), key, event.get(), nodeHint));
          return;
        }
      }
    }
    meters.counter("weir.webhooks", "outcome", "refused").increment();
  }

  private static Optional<WebhookEvent> read(
      List<SigningKey> keys, String authorization, String body) {
    return Webhooks.read(keys, authorization, body);
  }

  private void take(Origin origin, RoomKey key, WebhookEvent event, Optional<String> nodeHint) {
    Site site = key.site();
    if (event.getNumDropped() > 0) {
      observers.forEach(observer -> observer.webhooksDropped(site));
    }
    Optional<RoomEntry> known = rooms.find(key);
    if (known.isEmpty()) {
      ofTheServiceBefore(origin, key, event);
      return;
    }
    RoomEntry entry = known.get();
    ParticipantInfo person = event.getParticipant();
    Optional<String> node = node(origin, entry, person, nodeHint);
    if (node.isEmpty()) {
      watch.recheck(key);
      return;
    }
    String place = node.get();
    switch (event.getEvent()) {
      case "participant_joined" -> joined(key, entry, place, person);
      case "participant_left" -> left(key, entry, place, person, false);
      case "participant_connection_aborted" -> left(key, entry, place, person, true);
      case "track_published" ->
          slots.apply(
              site,
              entry.slot(),
              new SlotEvent.Publishes(attachmentKey(entry, place, person), person.getSid(), true));
      // Whether it was the last track is only known to the node.
      case "track_unpublished", "room_finished" -> watch.recheck(key);
      default -> {}
    }
  }

  /**
   * A drop-in router finds calls that began with the service that it replaces. It has not given
   * their members tokens, but may keep their leaves.
   */
  private void ofTheServiceBefore(Origin origin, RoomKey key, WebhookEvent event) {
    if (origin.home().gated() || origin.pool().nodes().size() != 1) {
      return;
    }
    String node = origin.pool().nodes().getFirst().id();
    ParticipantInfo person = event.getParticipant();
    LeaveReason reason = LeaveReason.of(person.getDisconnectReason().name());
    switch (event.getEvent()) {
      case "participant_joined" ->
          tell(
              key.site(),
              new Evidence.Joined(
                  key.room(),
                  node,
                  person.getIdentity(),
                  person.getSid(),
                  Participants.joinedAtMillis(person)));
      case "participant_left" ->
          tell(
              key.site(),
              new Evidence.Left(key.room(), node, person.getIdentity(), person.getSid(), reason));
      case "participant_connection_aborted" ->
          tell(
              key.site(),
              new Evidence.Aborted(
                  key.room(), node, person.getIdentity(), person.getSid(), reason));
      default -> {}
    }
  }

  private void joined(RoomKey key, RoomEntry entry, String node, ParticipantInfo person) {
    Optional<Attachment> attachment = participants.attachment(key, entry, node, person);
    if (attachment.isEmpty()) {
      return;
    }
    slots.apply(key.site(), entry.slot(), new SlotEvent.Joined(attachment.get()));
    if (publisherRole(attachment.get().role())) {
      tell(
          key.site(),
          new Evidence.Joined(
              key.room(),
              node,
              person.getIdentity(),
              person.getSid(),
              Participants.joinedAtMillis(person)));
    }
  }

  private void left(
      RoomKey key, RoomEntry entry, String node, ParticipantInfo person, boolean aborted) {
    Optional<Attachment> attachment = participants.attachment(key, entry, node, person);
    slots.apply(
        key.site(),
        entry.slot(),
        new SlotEvent.Left(attachmentKey(entry, node, person), person.getSid()));
    if (attachment.isPresent() && publisherRole(attachment.get().role())) {
      LeaveReason reason = LeaveReason.of(person.getDisconnectReason().name());
      tell(
          key.site(),
          aborted
              ? new Evidence.Aborted(
                  key.room(), node, person.getIdentity(), person.getSid(), reason)
              : new Evidence.Left(key.room(), node, person.getIdentity(), person.getSid(), reason));
    }
  }

  private void tell(Site site, Evidence evidence) {
    observers.forEach(observer -> observer.observe(site, evidence));
  }

  private static boolean publisherRole(Role role) {
    return role == Role.OWN || role == Role.GUEST;
  }

  private static Attachment.Key attachmentKey(
      RoomEntry entry, String node, ParticipantInfo person) {
    return new Attachment.Key(node, entry.room(), person.getIdentity());
  }

  /** LiveKit's webhooks do not name their node; its URL, the pool or the room's places may. */
  private Optional<String> node(
      Origin origin, RoomEntry entry, ParticipantInfo person, Optional<String> nodeHint) {
    List<String> pool = origin.pool().nodes().stream().map(Node::id).toList();
    if (nodeHint.isPresent() && pool.contains(nodeHint.get())) {
      return nodeHint;
    }
    if (pool.size() == 1) {
      return Optional.of(pool.getFirst());
    }
    List<String> places = new ArrayList<>(entry.nodes());
    places.retainAll(pool);
    if (places.size() == 1) {
      return Optional.of(places.getFirst());
    }
    return slots
        .find(origin.home().site(), entry.slot())
        .flatMap(
            state ->
                state.attachments().values().stream()
                    .filter(a -> a.sid().equals(person.getSid()) && !a.sid().isEmpty())
                    .map(Attachment::node)
                    .findFirst());
  }
}
