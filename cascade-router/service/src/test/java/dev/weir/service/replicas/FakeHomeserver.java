package dev.weir.service.replicas;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/** Knows everybody: the OpenID token of @name:a.test is the name. */
final class FakeHomeserver implements AutoCloseable {
  static final String SERVER = "a.test";

  private final HttpServer server;

  FakeHomeserver(InetAddress address) throws IOException {
    server = HttpServer.create(new InetSocketAddress(address, 0), 200);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/_matrix/federation/v1/openid/userinfo",
        exchange -> {
          String query = exchange.getRequestURI().getQuery();
          String name = query.substring(query.indexOf('=') + 1);
          byte[] body =
              "{\"sub\":\"@%s:%s\"}".formatted(name, SERVER).getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          try (var out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    server.start();
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
