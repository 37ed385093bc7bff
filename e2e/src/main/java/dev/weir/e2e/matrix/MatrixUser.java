package dev.weir.e2e.matrix;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.e2e.stack.HomeSite;
import dev.weir.e2e.stack.Secrets;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A user with one logged-in device. */
public final class MatrixUser {
  private static final String MEMBER_EVENT = "org.matrix.msc3401.call.member";
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final HomeSite site;
  private final String userId;
  private final String deviceId;
  private final String accessToken;
  private final String password;
  private final Http http;

  private MatrixUser(
      HomeSite site, String userId, String deviceId, String accessToken, String password) {
    this.site = site;
    this.userId = userId;
    this.deviceId = deviceId;
    this.accessToken = accessToken;
    this.password = password;
    this.http = new Http(site.address().homeserverUrl(), accessToken);
  }

  public static MatrixUser register(HomeSite site, String name, Secrets secrets) {
    Http admin = new Http(site.address().homeserverUrl(), "");
    String path = "/_synapse/admin/v1/register";
    String nonce = admin.get(path).required("nonce").asText();
    String password = secrets.create("password of " + name);
    ObjectNode body =
        JSON.objectNode()
            .put("nonce", nonce)
            .put("username", name)
            .put("password", password)
            .put("admin", false)
            .put(
                "mac",
                mac(
                    site.synapse().registrationSecret(),
                    String.join("\0", nonce, name, password, "notadmin")));
    JsonNode answer = admin.post(path, body);
    String token = answer.required("access_token").asText();
    secrets.remember("access token of " + name, token);
    return new MatrixUser(
        site,
        answer.required("user_id").asText(),
        answer.required("device_id").asText(),
        token,
        password);
  }

  /** The same user at another device. */
  public MatrixUser logInElsewhere(Secrets secrets) {
    ObjectNode body = JSON.objectNode().put("type", "m.login.password").put("password", password);
    body.putObject("identifier").put("type", "m.id.user").put("user", userId);
    JsonNode answer =
        new Http(site.address().homeserverUrl(), "").post("/_matrix/client/v3/login", body);
    String token = answer.required("access_token").asText();
    secrets.remember("access token of " + userId, token);
    return new MatrixUser(site, userId, answer.required("device_id").asText(), token, password);
  }

  /**
   * A public room that is marked as encrypted: without that mark Element Call sends media in the
   * clear.
   */
  public String createEncryptedRoom(String name) {
    ObjectNode body = JSON.objectNode().put("preset", "public_chat").put("name", name);
    ObjectNode encryption = body.putArray("initial_state").addObject();
    encryption.put("type", "m.room.encryption").put("state_key", "");
    encryption.putObject("content").put("algorithm", "m.megolm.v1.aes-sha2");
    // Everybody may be in calls.
    body.putObject("power_level_content_override").put("state_default", 0);
    return http.post("/_matrix/client/v3/createRoom", body).required("room_id").asText();
  }

  public void join(String roomId, List<String> via) {
    StringBuilder path = new StringBuilder("/_matrix/client/v3/join/").append(escape(roomId));
    char separator = '?';
    for (String server : via) {
      path.append(separator).append("via=").append(escape(server));
      path.append("&server_name=").append(escape(server));
      separator = '&';
    }
    http.post(path.toString(), JSON.objectNode());
  }

  /** The user ids that this user's homeserver has as members of the room's call now. */
  public List<String> callMembers(String roomId) {
    return http.get("/_matrix/client/v3/rooms/" + escape(roomId) + "/state")
        .valueStream()
        .filter(event -> event.required("type").asText().equals(MEMBER_EVENT))
        .filter(event -> !event.required("content").isEmpty())
        .map(event -> event.required("sender").asText())
        .distinct()
        .sorted()
        .toList();
  }

  /** Ids of the call's member events, to see that nothing touched them. */
  public List<String> callMemberEvents(String roomId) {
    return http.get("/_matrix/client/v3/rooms/" + escape(roomId) + "/state")
        .valueStream()
        .filter(event -> event.required("type").asText().equals(MEMBER_EVENT))
        .map(event -> event.required("event_id").asText())
        .sorted()
        .toList();
  }

  /** What the user's homeserver gives it to prove itself to others. */
  public ObjectNode openIdToken() {
    String path = "/_matrix/client/v3/user/" + userId + "/openid/request_token";
    return (ObjectNode) http.post(path, JSON.objectNode());
  }

  /**
   * Has the homeserver end this device's part in the call later; returns the delayed event's id.
   */
  public String leaveCallLater(String roomId, long delayMillis) {
    String stateKey = "_" + userId + "_" + deviceId + "_m.call#ROOM";
    return http.put(
            "/_matrix/client/v3/rooms/"
                + escape(roomId)
                + "/state/"
                + MEMBER_EVENT
                + "/"
                + escape(stateKey)
                + "?org.matrix.msc4140.delay="
                + delayMillis,
            JSON.objectNode())
        .required("delay_id")
        .asText();
  }

  public HomeSite site() {
    return site;
  }

  public String userId() {
    return userId;
  }

  public String deviceId() {
    return deviceId;
  }

  public String accessToken() {
    return accessToken;
  }

  public String password() {
    return password;
  }

  @Override
  public String toString() {
    return userId;
  }

  private static String escape(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8);
  }

  private static String mac(String secret, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA1", e);
    }
  }
}
