package dev.weir.service.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/**
 * A homeserver: its federation side speaks TLS, its client side plain HTTP, as behind an ingress.
 * Everybody is joined to every room unless a test says otherwise.
 */
final class FakeHomeserver implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private record Answer(int status, String body) {}

  private final HttpsServer federation;
  private final HttpServer client;
  private final Map<String, String> openIds = new ConcurrentHashMap<>();
  private final Map<String, String> delays = new ConcurrentHashMap<>();
  private final Set<String> notJoined = ConcurrentHashMap.newKeySet();
  final List<String> asked = new CopyOnWriteArrayList<>();
  volatile String relayed = "{\"status\":200,\"content\":{\"jwt\":\"remote.jwt.x\"}}";
  volatile boolean membershipAway;

  FakeHomeserver(Keys keys) throws IOException {
    federation = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 1024);
    federation.setHttpsConfigurator(new HttpsConfigurator(keys.serverTls()));
    serve(federation);
    client = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 1024);
    serve(client);
  }

  private void serve(HttpServer server) {
    server.createContext("/", this::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  /** The server name: an address with the port of the federation side. */
  String name() {
    return "127.0.0.1:" + federation.getAddress().getPort();
  }

  String clientApi() {
    return "http://127.0.0.1:" + client.getAddress().getPort();
  }

  String user(String localpart) {
    return "@" + localpart + ":" + name();
  }

  /** Gives a user an OpenID token. */
  String openId(String localpart) {
    return openId("openid-of-" + localpart, user(localpart));
  }

  String openId(String token, String subject) {
    openIds.put(token, subject);
    return token;
  }

  void delayedEvent(String id, String room, long delay) {
    delays.put(
        id, "{\"delay_id\":\"" + id + "\",\"room_id\":\"" + room + "\",\"delay\":" + delay + "}");
  }

  /** A user or a server is not joined to a room. */
  void notJoined(String room, String who) {
    notJoined.add(room + " " + who);
  }

  private void answer(HttpExchange exchange) throws IOException {
    URI uri = exchange.getRequestURI();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    asked.add(
        exchange.getRequestMethod()
            + " "
            + URLDecoder.decode(uri.toString(), StandardCharsets.UTF_8)
            + (authorization == null ? "" : " " + authorization)
            + (body.isEmpty() ? "" : " " + body));
    Answer answer = answer(uri, query(uri));
    byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(answer.status(), bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  private Answer answer(URI uri, Map<String, String> query) {
    String path = uri.getPath();
    if (path.equals("/_matrix/federation/v1/openid/userinfo")) {
      String subject = openIds.get(query.getOrDefault("access_token", ""));
      return subject == null
          ? new Answer(401, "{\"errcode\":\"M_UNKNOWN_TOKEN\",\"error\":\"unknown\"}")
          : new Answer(200, "{\"sub\":\"" + subject + "\"}");
    }
    if (path.equals("/_matrix/client/versions")) {
      return new Answer(200, "{\"versions\":[\"v1.1\"],\"unstable_features\":{}}");
    }
    if (path.endsWith("/is_joined")) {
      String room = path.split("/")[6];
      String who = query.getOrDefault("mxid", query.getOrDefault("server_name", ""));
      return membershipAway
          ? new Answer(503, "{}")
          : new Answer(200, "{\"joined\":" + !notJoined.contains(room + " " + who) + "}");
    }
    if (path.endsWith("/fed_proxy")) {
      return new Answer(200, relayed);
    }
    if (path.contains("/delayed_events/")) {
      String id = path.replaceFirst(".*/delayed_events/", "");
      if (id.contains("/")) {
        return new Answer(200, "{}");
      }
      String delay = delays.get(id);
      return delay == null
          ? new Answer(404, "{\"errcode\":\"M_NOT_FOUND\",\"error\":\"unknown\"}")
          : new Answer(200, delay);
    }
    return new Answer(404, "{\"errcode\":\"M_UNRECOGNIZED\",\"error\":\"unknown\"}");
  }

  private static Map<String, String> query(URI uri) {
    Map<String, String> query = new HashMap<>();
    if (uri.getRawQuery() != null) {
      for (String pair : uri.getRawQuery().split("&")) {
        String[] parts = pair.split("=", 2);
        query.put(
            parts[0], parts.length > 1 ? URLDecoder.decode(parts[1], StandardCharsets.UTF_8) : "");
      }
    }
    return query;
  }

  static JsonNode json(String text) throws IOException {
    return JSON.readTree(text);
  }

  @Override
  public void close() {
    federation.stop(0);
    client.stop(0);
  }
}
