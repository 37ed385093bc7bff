package dev.weir.service.slots;

import dev.weir.service.config.Configuration;
import dev.weir.service.config.HomeSite;
import dev.weir.service.sfu.SfuClient;
import dev.weir.service.sfu.SfuFailure;
import dev.weir.session.Site;
import dev.weir.session.delegation.Evidence;
import dev.weir.session.delegation.Survey;
import dev.weir.session.delegation.Survey.NodeAnswer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import livekit.LivekitModels;
import livekit.LivekitModels.ParticipantInfo;

/** Asks every node of a site who is in some rooms, for those who must be sure. */
@Singleton
public final class SfuSurvey implements PresenceObserver {
  private static final Duration FRESH = Duration.ofSeconds(30);

  private final Configuration configuration;
  private final Fleet fleet;
  private final InstantSource clock;
  private final Map<String, Instant> started = new ConcurrentHashMap<>();

  SfuSurvey(Configuration configuration, Fleet fleet, InstantSource clock) {
    this.configuration = configuration;
    this.fleet = fleet;
    this.clock = clock;
  }

  /** One question per room and node; blocks until all have answered or did not in time. */
  public Survey ask(Site site, Collection<String> rooms) {
    long askedAt = clock.instant().toEpochMilli();
    Map<String, Map<String, NodeAnswer>> answers = new HashMap<>();
    rooms.forEach(room -> answers.put(room, new HashMap<>()));
    Optional<HomeSite> home = configuration.current().find(site);
    if (home.isPresent()) {
      for (var node : home.get().nodes()) {
        Optional<SfuClient> client = fleet.client(node.id());
        Map<String, Long> created = client.map(SfuSurvey::createdAt).orElse(Map.of());
        for (String room : rooms) {
          NodeAnswer answer =
              client
                  .map(api -> ask(api, room, created.getOrDefault(room, 0L)))
                  .map(given -> isFresh(node.id()) ? asFresh(given) : given)
                  .orElseGet(NodeAnswer.Unanswered::new);
          answers.getOrDefault(room, new HashMap<>()).put(node.id(), answer);
        }
      }
    }
    return new Survey(askedAt, answers);
  }

  private boolean isFresh(String node) {
    Instant at = started.get(node);
    return at != null && at.plus(FRESH).isAfter(clock.instant());
  }

  /** Whom a fresh node lists is there; whom it does not list may still be on the way back. */
  private static NodeAnswer asFresh(NodeAnswer answer) {
    return switch (answer) {
      case NodeAnswer.Listed listed -> new NodeAnswer.JustStarted(listed.participants());
      case NodeAnswer.NoRoom nobody -> new NodeAnswer.JustStarted(List.of());
      case NodeAnswer.JustStarted fresh -> fresh;
      case NodeAnswer.Unanswered silent -> silent;
    };
  }

  @Override
  public void nodeStarted(Site site, String node) {
    started.put(node, clock.instant());
  }

  @Override
  public void observe(Site site, Evidence evidence) {
    // Only starts of nodes matter here.
  }

  @Override
  public void webhooksDropped(Site site) {
    // A survey asks the nodes themselves.
  }

  private static Map<String, Long> createdAt(SfuClient client) {
    Map<String, Long> created = new HashMap<>();
    try {
      for (LivekitModels.Room room : client.listRooms()) {
        created.put(room.getName(), room.getCreationTime() * 1000);
      }
    } catch (SfuFailure e) {
      // Each room's own question will say that the node does not answer.
      return Map.of();
    }
    return created;
  }

  private static NodeAnswer ask(SfuClient client, String room, long createdAt) {
    try {
      Optional<List<ParticipantInfo>> people = client.listParticipants(room);
      return people.isEmpty()
          ? new NodeAnswer.NoRoom()
          : new NodeAnswer.Listed(
              people.get().stream()
                  .map(
                      person ->
                          new Survey.Participant(
                              person.getIdentity(),
                              person.getSid(),
                              Participants.isActive(person),
                              Participants.joinedAtMillis(person)))
                  .toList(),
              createdAt);
    } catch (SfuFailure e) {
      return new NodeAnswer.Unanswered();
    }
  }
}
