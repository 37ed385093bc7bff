package dev.weir.service.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.weir.service.appservice.ProxiedRequest;
import dev.weir.service.config.HomeSite;
import dev.weir.session.SlotId;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bodies that homeservers pass on. Generation B names a {@code member} and gets a URL
 * with its token; C and D name a {@code member_id} and the URL that they will use.
 */
final class ProxiedBodies {
  private ProxiedBodies() {}

  private record Claim(
      @Nullable String id,
      @JsonProperty("claimed_user_id") @Nullable String ignoredUser,
      @JsonProperty("claimed_device_id") @Nullable String device) {}

  private record Body(
      @JsonProperty("server_name") @Nullable String server,
      @JsonProperty("user_id") @Nullable String user,
      @Nullable String url,
      @JsonProperty("room_id") @Nullable String room,
      @JsonProperty("slot_id") @Nullable String slot,
      @JsonProperty("member_id") @Nullable String memberId,
      @Nullable Claim member,
      @JsonProperty("delay_id") @Nullable String delayId,
      @JsonProperty("delay_timeout") @Nullable Long delayTimeout) {}

  /**
   * What was read.
   *
   * @param wantsUrl the generation of the request expects a URL beside the token
   */
  record Read(
      ProxiedRequest request, Optional<String> server, Optional<String> user, boolean wantsUrl) {}

  static Read token(HomeSite site, byte[] body) throws ApiError {
    Body read = Bodies.read(body, Body.class);
    if (read.delayId() != null || read.delayTimeout() != null) {
      throw ApiError.notJson();
    }
    return whole(site, read, Optional.empty());
  }

  static Read leave(HomeSite site, byte[] body) throws ApiError {
    Body read = Bodies.read(body, Body.class);
    String delayId = Bodies.id("delay_id", read.delayId());
    Long timeout = read.delayTimeout();
    if (timeout != null && (timeout <= 0 || timeout > Bodies.MAX_DELAY.toMillis())) {
      throw ApiError.missing("`delay_timeout`");
    }
    return whole(
        site,
        read,
        Optional.of(
            new ProxiedRequest.Leave(
                delayId, Optional.ofNullable(timeout).map(Duration::ofMillis))));
  }

  private static Read whole(HomeSite site, Body read, Optional<ProxiedRequest.Leave> leave)
      throws ApiError {
    Claim member = read.member();
    boolean named = member != null;
    boolean needsUrl = !named || read.url() != null;
    Optional<String> url = needsUrl ? Optional.of(Bodies.id("url", read.url())) : Optional.empty();
    SlotId slot = new SlotId(Bodies.id("room_id", read.room()), Bodies.id("slot_id", read.slot()));
    String memberId = member != null ? member.id() : read.memberId();
    return new Read(
        new ProxiedRequest(
            site,
            url,
            slot,
            member != null ? Bodies.id("member.claimed_device_id", member.device()) : "",
            Bodies.id(named ? "member.id" : "member_id", memberId),
            leave),
        Optional.ofNullable(read.server()).filter(name -> !name.isEmpty()),
        Optional.ofNullable(read.user()),
        named);
  }
}
