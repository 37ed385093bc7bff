package dev.weir.service.slots;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.name.RoomNames;
import java.util.Map;
import java.util.Optional;

/**
 * What a room's metadata on the node says about its purpose. Room names are hashes: without this, a
 * router that has lost everything could not tell whose calls its nodes carry.
 */
record RoomLabel(SlotId slot, Room room) {
  private static final ObjectMapper JSON = new ObjectMapper();

  String write() {
    try {
      return JSON.writeValueAsString(
          Map.of(
              "weir",
              Map.of(
                  "room_id", slot.roomId(), "slot_id", slot.slotId(), "purpose", room.toString())));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The label, if it is of a room with this very name: metadata may be somebody else's. */
  static Optional<RoomLabel> read(String metadata, String roomName, Site site) {
    if (metadata.isEmpty() || metadata.length() > 4096) {
      return Optional.empty();
    }
    try {
      JsonNode label = JSON.readTree(metadata).path("weir");
      RoomLabel read =
          new RoomLabel(
              new SlotId(label.path("room_id").asText(), label.path("slot_id").asText()),
              Room.parse(label.path("purpose").asText()));
      boolean ours = read.room().kind() != Room.Kind.HOME || read.room().focus().equals(site);
      return ours && RoomNames.of(read.slot(), read.room()).equals(roomName)
          ? Optional.of(read)
          : Optional.empty();
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
