package dev.weir.service.replicas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/**
 * Knows everybody, and that everybody is in every room: the OpenID token of @name:a.test is the
 * name. What its application service wants of another server it brings to that one's router.
 */
final class FakeHomeserver implements AutoCloseable {
  static final String SERVER = "a.test";

  /** By which it knows its application service, and which it proves itself with. */
  static final String SERVICE_TOKEN = "token-of-the-application-service";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String name;
  private final HttpServer server;
  private volatile String partner = "";

  FakeHomeserver(InetAddress address) throws IOException {
    this(address, SERVER);
  }

  FakeHomeserver(InetAddress address, String name) throws IOException {
    this.name = name;
    server = HttpServer.create(new InetSocketAddress(address, 0), 200);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  /** Where the other server's router is. */
  void federateWith(String authority) {
    partner = authority;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String answer = "{}";
    if (path.endsWith("/openid/userinfo")) {
      String query = exchange.getRequestURI().getQuery();
      String user = query.substring(query.indexOf('=') + 1);
      answer = "{\"sub\":\"@%s:%s\"}".formatted(user, name);
    } else if (path.endsWith("/is_joined")) {
      answer = "{\"joined\":true}";
    } else if (path.endsWith("/fed_proxy")) {
      answer = federated(JSON.readTree(exchange.getRequestBody()));
    }
    byte[] body = answer.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    try (var out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private String federated(JsonNode envelope) throws IOException {
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(
                      URI.create("http://" + partner + envelope.path("path").asText()))
                  .header("Authorization", "Bearer " + SERVICE_TOKEN)
                  .header("X-Matrix-Origin", name)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(envelope.path("body").toString()))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return JSON.createObjectNode()
          .put("status", answer.statusCode())
          .set("content", JSON.readTree(answer.body()))
          .toString();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  String url() {
    return "http://"
        + server.getAddress().getAddress().getHostAddress()
        + ":"
        + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
