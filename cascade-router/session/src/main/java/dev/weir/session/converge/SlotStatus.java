package dev.weir.session.converge;

import com.fasterxml.jackson.databind.JsonNode;

/** Whether a slot takes new attachments. */
public enum SlotStatus {
  /** No slot event: rooms of older clients have none, and their calls are open. */
  ABSENT,
  OPEN,
  CLOSED;

  public static final String TYPE = "org.matrix.msc4143.rtc.slot";
  public static final String TYPE_STABLE = "m.rtc.slot";

  /** Reads a slot event for a slot id; anything but a well-formed open slot is closed. */
  public static SlotStatus read(JsonNode event, String slotId) {
    String type = event.path("type").asText();
    if ((!type.equals(TYPE) && !type.equals(TYPE_STABLE))
        || !event.path("state_key").asText().equals(slotId)) {
      return ABSENT;
    }
    JsonNode content = event.path("content");
    JsonNode application = content.path("application").path("type");
    int hash = slotId.indexOf('#');
    boolean ours =
        hash >= 0
            && application.isTextual()
            && slotId.substring(0, hash).equals(application.textValue());
    return ours && content.path("status").asText().equals("open") ? OPEN : CLOSED;
  }
}
