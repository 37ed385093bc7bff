package dev.weir.session.converge;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads membership events in every shape that was ever deployed. Whatever is not one, is not whole
 * or speaks for somebody else yields nothing.
 */
public final class MembershipEvents {
  public static final String LEGACY_TYPE = "org.matrix.msc3401.call.member";
  public static final String RTC_TYPE = "org.matrix.msc4143.rtc.member";
  public static final String RTC_TYPE_STABLE = "m.rtc.member";

  static final long DEFAULT_EXPIRES_MILLIS = 4L * 60 * 60 * 1000;
  private static final int DEFAULT_MESH_LIMIT = 8;
  private static final int MOST_MEMBERSHIPS = 32;

  private MembershipEvents() {}

  /** The memberships of a Matrix event as the federation or the client-server API shows it. */
  public static List<Membership> read(JsonNode event) {
    Optional<String> type = Json.text(event, "type");
    Optional<String> sender = Json.text(event, "sender").filter(MembershipEvents::isUser);
    JsonNode content = event.path("content");
    OptionalLong sentAt = Json.number(event, "origin_server_ts");
    if (type.isEmpty() || sender.isEmpty() || !content.isObject() || sentAt.isEmpty()) {
      return List.of();
    }
    Source source =
        new Source(
            Json.text(event, "state_key").orElse(""),
            sender.get(),
            Instant.ofEpochMilli(sentAt.getAsLong()));
    return switch (type.get()) {
      case LEGACY_TYPE ->
          content.path("memberships").isArray() && content.size() == 1
              ? oldest(source, content.path("memberships"))
              : legacy(source, content).stream().toList();
      case RTC_TYPE, RTC_TYPE_STABLE -> rtc(source, content).stream().toList();
      default -> List.of();
    };
  }

  private record Source(String stateKey, String sender, Instant sentAt) {}

  private static boolean isUser(String id) {
    return id.startsWith("@") && id.indexOf(':') > 1 && id.indexOf(':') < id.length() - 1;
  }

  private static Optional<Membership> legacy(Source source, JsonNode content) {
    Optional<String> device = Json.text(content, "device_id");
    Optional<String> callId = Json.text(content, "call_id");
    Optional<String> application = Json.text(content, "application");
    JsonNode active = content.path("focus_active");
    Optional<String> activeType = Json.text(active, "type");
    boolean odd =
        (Json.has(content, "created_ts") && Json.number(content, "created_ts").isEmpty())
            || isNoText(content, "scope")
            || isNoText(content, "m.call.intent");
    if (odd
        || device.isEmpty()
        || callId.isEmpty()
        || application.isEmpty()
        || activeType.isEmpty()) {
      return Optional.empty();
    }
    Optional<List<Transport>> foci =
        Json.has(content, "foci_preferred")
            ? Json.transports(content.path("foci_preferred"))
            : Optional.of(List.of());
    Optional<String> slotId = legacySlotId(application.get(), callId.get());
    if (foci.isEmpty() || slotId.isEmpty()) {
      return Optional.empty();
    }
    Instant createdAt = createdAt(source, content, "created_ts");
    long expires = Json.number(content, "expires").orElse(DEFAULT_EXPIRES_MILLIS);
    return Optional.of(
        new Membership(
            source.stateKey(),
            false,
            source.sender(),
            device.get(),
            Json.text(content, "membershipID").orElse(source.sender() + ":" + device.get()),
            slotId.get(),
            createdAt,
            Optional.of(createdAt.plusMillis(expires)),
            selection(activeType.get(), Json.text(active, "focus_selection").orElse("")),
            foci.get(),
            (int)
                Math.clamp(Json.number(active, "threshold").orElse(DEFAULT_MESH_LIMIT), 2, 1000)));
  }

  /** The slot of a legacy event: an empty call id means the call of the room. */
  private static Optional<String> legacySlotId(String application, String callId) {
    if (application.contains("#") || callId.contains("#")) {
      return Optional.empty();
    }
    boolean roomCall = application.equals("m.call") && callId.isEmpty();
    return Optional.of(application + "#" + (roomCall ? "ROOM" : callId));
  }

  private static Selection selection(String type, String focusSelection) {
    return switch (type) {
      case "full_mesh", "mesh" -> Selection.FULL_MESH;
      case "full_mesh_into_livekit" -> Selection.FULL_MESH_INTO_LIVEKIT;
      default ->
          switch (focusSelection) {
            case "oldest_membership" -> Selection.OLDEST_MEMBERSHIP;
            case "multi_sfu" -> Selection.MULTI_SFU;
            default -> Selection.UNKNOWN;
          };
    };
  }

  /** The first deployed shape: all devices of a user in one event. */
  private static List<Membership> oldest(Source source, JsonNode memberships) {
    List<Membership> all = new ArrayList<>();
    for (JsonNode entry : memberships) {
      Optional<String> device = Json.text(entry, "device_id");
      Optional<String> slotId =
          Json.text(entry, "application")
              .flatMap(
                  application ->
                      Json.text(entry, "call_id").flatMap(id -> legacySlotId(application, id)));
      Optional<List<Transport>> foci = Json.transports(entry.path("foci_active"));
      if (device.isPresent() && slotId.isPresent() && all.size() < MOST_MEMBERSHIPS) {
        Instant createdAt = createdAt(source, entry, "created_ts");
        Instant expiresAt =
            Json.number(entry, "expires_ts").isPresent()
                ? Instant.ofEpochMilli(Json.number(entry, "expires_ts").getAsLong())
                : createdAt.plusMillis(
                    Json.number(entry, "expires").orElse(DEFAULT_EXPIRES_MILLIS));
        all.add(
            new Membership(
                source.stateKey() + "#" + all.size(),
                false,
                source.sender(),
                device.get(),
                source.sender() + ":" + device.get(),
                slotId.get(),
                createdAt,
                Optional.of(expiresAt),
                Selection.FOCI_ACTIVE,
                foci.orElse(List.of()),
                DEFAULT_MESH_LIMIT));
      }
    }
    return all;
  }

  private static Optional<Membership> rtc(Source source, JsonNode content) {
    JsonNode member = content.path("member");
    Optional<String> user = Json.text(member, "user_id");
    Optional<String> device = Json.text(member, "device_id");
    Optional<String> id = Json.text(member, "id");
    Optional<String> application = Json.text(content.path("application"), "type");
    Optional<String> slotId = Json.text(content, "slot_id");
    Optional<String> key =
        Json.text(content, "msc4354_sticky_key").or(() -> Json.text(content, "sticky_key"));
    Optional<List<Transport>> published =
        Json.transports(content.path("transports").path("published"));
    // Nobody may speak for another user.
    if (!user.equals(Optional.of(source.sender()))
        || device.isEmpty()
        || id.isEmpty()
        || application.isEmpty()
        || key.isEmpty()
        || published.isEmpty()
        || stickyKeysDiffer(content)
        || !areTexts(content.path("versions"))
        || !areTexts(content.path("transports").path("can_subscribe"))
        || !isReferenceOrAbsent(content)) {
      return Optional.empty();
    }
    String prefix = application.get() + "#";
    if (application.get().contains("#")
        || slotId
            .filter(s -> s.startsWith(prefix) && s.indexOf('#', prefix.length()) < 0)
            .isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Membership(
            key.get(),
            true,
            source.sender(),
            device.get(),
            id.get(),
            slotId.get(),
            source.sentAt(),
            Optional.empty(),
            Selection.OWN_TRANSPORT,
            published.get(),
            DEFAULT_MESH_LIMIT));
  }

  private static boolean stickyKeysDiffer(JsonNode content) {
    JsonNode stable = content.path("sticky_key");
    JsonNode unstable = content.path("msc4354_sticky_key");
    boolean junk =
        (!stable.isMissingNode() && !stable.isTextual())
            || (!unstable.isMissingNode() && !unstable.isTextual());
    return junk || (stable.isTextual() && unstable.isTextual() && !stable.equals(unstable));
  }

  private static boolean areTexts(JsonNode list) {
    if (!list.isArray()) {
      return false;
    }
    for (JsonNode entry : list) {
      if (!entry.isTextual()) {
        return false;
      }
    }
    return true;
  }

  private static boolean isReferenceOrAbsent(JsonNode content) {
    JsonNode relation = content.path("m.relates_to");
    return relation.isMissingNode()
        || (relation.path("event_id").isTextual()
            && relation.path("rel_type").asText().equals("m.reference"));
  }

  private static boolean isNoText(JsonNode node, String field) {
    return Json.has(node, field) && !node.path(field).isTextual();
  }

  private static Instant createdAt(Source source, JsonNode node, String field) {
    OptionalLong created = Json.number(node, field);
    return created.isPresent() ? Instant.ofEpochMilli(created.getAsLong()) : source.sentAt();
  }
}
