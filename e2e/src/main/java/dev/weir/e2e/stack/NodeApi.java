package dev.weir.e2e.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Asks one LiveKit server who is there, past the router. */
public final class NodeApi {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final String url;
  private final NodeKey key;

  NodeApi(String url, NodeKey key) {
    this.url = url;
    this.key = key;
  }

  /** Names of the rooms that exist there now. */
  public List<String> rooms() {
    return call("ListRooms", "{}", "{\"roomList\":true}")
        .path("rooms")
        .valueStream()
        .map(room -> room.required("name").asText())
        .toList();
  }

  /** Everybody in a room whom the API shows: hidden participants are not among them. */
  public List<String> identities(String room) {
    return participants(room).map(one -> one.required("identity").asText()).sorted().toList();
  }

  /** Everybody in any room whom the API shows, a person once for each room. */
  public List<String> everybody() {
    return rooms().stream().flatMap(room -> identities(room).stream()).sorted().toList();
  }

  /** Participants that publish and joined any room after a moment: their identities. */
  public List<String> publishersThatJoinedAfter(Instant moment) {
    return rooms().stream()
        .flatMap(this::participants)
        .filter(one -> one.path("joined_at").asLong() >= moment.getEpochSecond())
        .filter(one -> !one.path("tracks").isEmpty())
        .map(one -> one.required("identity").asText())
        .toList();
  }

  /** The kinds of encryption that publishers declare for their tracks, over all rooms. */
  public Set<String> encryptionOfTracks() {
    return rooms().stream()
        .flatMap(this::participants)
        .flatMap(participant -> participant.path("tracks").valueStream())
        .map(track -> track.path("encryption").asText("NONE"))
        .collect(Collectors.toSet());
  }

  private Stream<JsonNode> participants(String room) {
    return call(
            "ListParticipants",
            "{\"room\":\"" + room + "\"}",
            "{\"roomAdmin\":true,\"room\":\"" + room + "\"}")
        .path("participants")
        .valueStream();
  }

  private JsonNode call(String method, String body, String grant) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/twirp/livekit.RoomService/" + method))
            .timeout(Duration.ofSeconds(10))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + token(grant))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() == 404) {
        // The room has ended since it was listed.
        return MAPPER.createObjectNode();
      }
      if (answer.statusCode() != 200) {
        throw new IllegalStateException(
            method + " -> " + answer.statusCode() + " " + answer.body());
      }
      return MAPPER.readTree(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private String token(String grant) {
    long now = Instant.now().getEpochSecond();
    String head = encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8));
    String claims =
        encode(
            "{\"iss\":\"%s\",\"nbf\":%d,\"exp\":%d,\"video\":%s}"
                .formatted(key.id(), now - 5, now + 60, grant)
                .getBytes(StandardCharsets.UTF_8));
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.secret().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] signature = mac.doFinal((head + "." + claims).getBytes(StandardCharsets.UTF_8));
      return head + "." + claims + "." + encode(signature);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA256", e);
    }
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
