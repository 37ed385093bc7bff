package dev.weir.service.delegation.redis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.session.Member;
import dev.weir.session.delegation.Delegation;
import dev.weir.session.delegation.JobKey;
import dev.weir.session.name.Identities;
import dev.weir.session.name.Scheme;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;

/**
 * A job as the other service writes it: it knows LiveKit's names of room and participant, and the
 * homeserver, but neither the Matrix room nor, for hashed identities, the user.
 */
record OldJob(
    String delayId,
    Duration delay,
    String server,
    String room,
    String identity,
    Instant restartedAt) {
  /** Stands where a job of ours has its slot; no client can name it. */
  static final String SLOT = "lk-jwt:jobs";

  private static final String NOBODY = "@lk-jwt.jobs:";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Empty for what is not whole. */
  static Optional<OldJob> parse(String text) {
    try {
      JsonNode job = JSON.readTree(text);
      JsonNode params = job.path("Params");
      OldJob read =
          new OldJob(
              params.path("DelayId").asText(""),
              Duration.ofNanos(params.path("DelayTimeout").asLong(0)),
              params.path("ServerName").asText(""),
              params.path("LiveKitRoom").asText(""),
              params.path("LiveKitIdentity").asText(""),
              OffsetDateTime.parse(job.path("RestartedAt").asText("")).toInstant());
      boolean whole =
          !read.delayId.isEmpty()
              && read.delay.toMillis() > 0
              && !read.server.isEmpty()
              && !read.room.isEmpty()
              && !read.identity.isEmpty();
      return whole ? Optional.of(read) : Optional.empty();
    } catch (JsonProcessingException | DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** The field under which it stands in the hash. */
  String field() {
    return JSON.createArrayNode().add(room).add(identity).toString();
  }

  String text() {
    ObjectNode job = JSON.createObjectNode();
    job.putObject("Params")
        .put("DelayId", delayId)
        .put("DelayTimeout", delay.toNanos())
        .put("ServerName", server)
        .put("LiveKitRoom", room)
        .put("LiveKitIdentity", identity);
    return job.put("RestartedAt", restartedAt.toString()).toString();
  }

  OldJob restarted(Instant at) {
    return new OldJob(delayId, delay, server, room, identity, at);
  }

  Instant aliveUntil() {
    return restartedAt.plus(delay);
  }

  /** Ours to go on with. */
  Delegation takenOver(String site) {
    String ofServer = ":" + server + ":";
    int end = identity.startsWith("@") ? identity.indexOf(ofServer) : -1;
    String user = end < 0 ? NOBODY + server : identity.substring(0, end + ofServer.length() - 1);
    String device = end < 0 ? identity : identity.substring(end + ofServer.length());
    return new Delegation(
        new JobKey(site, room, SLOT, user, device),
        delayId,
        delay.toMillis(),
        identity,
        Set.of(identity),
        Set.of(room));
  }

  /** One of ours, by the identity with which its client asked; empty if it fits no such job. */
  static Optional<OldJob> of(
      JobKey key,
      String delayId,
      long delayMillis,
      String membership,
      Set<String> identities,
      Set<String> rooms,
      Instant at) {
    if (rooms.isEmpty()) {
      return Optional.empty();
    }
    String identity =
        key.slotId().equals(SLOT) ? membership : identity(key, membership, identities);
    String server = key.user().substring(key.user().indexOf(':') + 1);
    return Optional.of(
        new OldJob(
            delayId,
            Duration.ofMillis(delayMillis),
            server,
            rooms.iterator().next(),
            identity,
            at));
  }

  private static String identity(JobKey key, String membership, Set<String> identities) {
    String legacy = key.user() + ":" + key.device();
    int space = membership.indexOf(' ');
    if (space < 0) {
      return legacy;
    }
    String hashed =
        Identities.of(
            new Member(key.user(), key.device(), membership.substring(space + 1)),
            Scheme.THREE_TUPLE);
    return identities.contains(hashed) ? hashed : legacy;
  }
}
