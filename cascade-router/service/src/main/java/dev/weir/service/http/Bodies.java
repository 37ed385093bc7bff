package dev.weir.service.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.weir.service.openid.OpenIdToken;
import dev.weir.service.token.DelayedLeave;
import dev.weir.service.token.TokenRequest;
import dev.weir.session.SlotId;
import dev.weir.session.admission.Endpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads request bodies strictly: what an endpoint does not know is an error, not a guess. */
final class Bodies {
  private static final int MAX_ID = 1024;
  static final Duration MAX_DELAY = Duration.ofDays(7);

  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(16)
                          .maxStringLength(16 * 1024)
                          .maxNumberLength(64)
                          .maxNameLength(256)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

  private Bodies() {}

  private record OpenId(
      @JsonProperty("access_token") @Nullable String accessToken,
      @JsonProperty("token_type") @Nullable String tokenType,
      @JsonProperty("matrix_server_name") @Nullable String serverName,
      @JsonProperty("expires_in") @Nullable Long expiresIn) {}

  private record Claim(
      @Nullable String id,
      @JsonProperty("claimed_user_id") @Nullable String user,
      @JsonProperty("claimed_device_id") @Nullable String device) {}

  private record SfuGet(
      @Nullable String room,
      @JsonProperty("openid_token") @Nullable OpenId openId,
      @JsonProperty("device_id") @Nullable String device,
      @JsonProperty("delay_id") @Nullable String delayId,
      @JsonProperty("delay_timeout") @Nullable Long delayTimeout,
      @JsonProperty("delay_cs_api_url") @Nullable String ignoredUrl) {}

  private record GetToken(
      @JsonProperty("room_id") @Nullable String room,
      @JsonProperty("slot_id") @Nullable String slot,
      @JsonProperty("openid_token") @Nullable OpenId openId,
      @Nullable Claim member,
      @JsonProperty("delay_id") @Nullable String delayId,
      @JsonProperty("delay_timeout") @Nullable Long delayTimeout,
      @JsonProperty("delay_cs_api_url") @Nullable String ignoredUrl) {}

  /** The body of {@code /sfu/get}. */
  static TokenRequest sfuGet(byte[] body) throws ApiError {
    SfuGet read = read(body, SfuGet.class);
    return new TokenRequest(
        Endpoint.SFU_GET,
        SlotId.ofRoomCall(id("room", read.room())),
        "",
        optionalId("device_id", read.device()),
        "",
        openId(read.openId()),
        leave(read.delayId(), read.delayTimeout()));
  }

  /** The body of {@code /get_token} and of {@code /delegate_delayed_leave}, which are the same. */
  static TokenRequest getToken(byte[] body) throws ApiError {
    GetToken read = read(body, GetToken.class);
    SlotId slot = new SlotId(id("room_id", read.room()), id("slot_id", read.slot()));
    Claim member = read.member();
    if (member == null) {
      throw ApiError.missing("`member`");
    }
    return new TokenRequest(
        Endpoint.GET_TOKEN,
        slot,
        id("member.claimed_user_id", member.user()),
        id("member.claimed_device_id", member.device()),
        id("member.id", member.id()),
        openId(read.openId()),
        leave(read.delayId(), read.delayTimeout()));
  }

  static <T> T read(byte[] body, Class<T> type) throws ApiError {
    try {
      T value = JSON.readValue(body, type);
      if (value == null) {
        throw ApiError.notJson();
      }
      return value;
    } catch (JsonProcessingException e) {
      throw ApiError.notJson();
    } catch (IOException e) {
      throw ApiError.notJson();
    }
  }

  private static OpenIdToken openId(@Nullable OpenId token) throws ApiError {
    if (token == null) {
      throw ApiError.missing("`openid_token`");
    }
    String access = token.accessToken();
    if (access == null || access.isEmpty()) {
      throw ApiError.missing("`openid_token.access_token`");
    }
    return new OpenIdToken(access, id("openid_token.matrix_server_name", token.serverName()));
  }

  private static Optional<DelayedLeave> leave(@Nullable String id, @Nullable Long millis)
      throws ApiError {
    String name = id == null ? "" : id;
    long delay = millis == null ? 0 : millis;
    if (name.isEmpty() && delay == 0) {
      return Optional.empty();
    }
    boolean whole = !name.isEmpty() && delay > 0;
    if (!whole || delay > MAX_DELAY.toMillis() || name.length() > MAX_ID) {
      throw ApiError.missing("`delay_id` or `delay_timeout`");
    }
    return Optional.of(new DelayedLeave(name, Duration.ofMillis(delay)));
  }

  /** The oldest clients name no device. */
  static String optionalId(String name, @Nullable String value) throws ApiError {
    return value == null || value.isEmpty() ? "" : id(name, value);
  }

  static String id(String name, @Nullable String value) throws ApiError {
    if (value == null || value.isEmpty()) {
      throw ApiError.missing("`" + name + "`");
    }
    if (value.length() > MAX_ID || value.chars().anyMatch(c -> c < ' ')) {
      throw new ApiError(400, "M_BAD_JSON", "`" + name + "` is not a valid identifier");
    }
    return value;
  }
}
