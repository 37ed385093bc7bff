package dev.weir.service.openid;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.weir.service.net.Cidr;
import dev.weir.service.net.Dns;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A homeserver and a name system on loopback that answer what a test tells them. */
final class FakeMatrix implements Dns, AutoCloseable {
  record Answer(int status, String body, Map<String, String> headers) {
    Answer(int status, String body) {
      this(status, body, Map.of());
    }
  }

  final Map<String, Answer> answers = new HashMap<>();
  final Map<String, List<Service>> services = new HashMap<>();
  final Map<String, InetAddress> hosts = new HashMap<>();
  final Queue<String> asked = new ConcurrentLinkedQueue<>();
  private final HttpServer server;

  FakeMatrix(@Nullable SSLContext tls) throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    if (tls == null) {
      server = HttpServer.create(any, 0);
    } else {
      HttpsServer https = HttpsServer.create(any, 0);
      https.setHttpsConfigurator(new HttpsConfigurator(tls));
      server = https;
    }
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().toString();
          asked.add(exchange.getRequestHeaders().getFirst("host") + " " + path);
          Answer answer = answers.getOrDefault(path, new Answer(404, "{}"));
          answer.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
          byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + port());
  }

  void owns(String token, String userId) {
    answers.put(
        "/_matrix/federation/v1/openid/userinfo?access_token=" + token,
        new Answer(200, "{\"sub\":\"" + userId + "\"}"));
  }

  @Override
  public List<InetAddress> addresses(String host) throws UnknownHostException {
    InetAddress known = hosts.get(host);
    if (known != null) {
      return List.of(known);
    }
    if (Cidr.isLiteral(host)) {
      return List.of(InetAddress.getByName(host));
    }
    throw new UnknownHostException(host);
  }

  @Override
  public List<Service> services(String name) {
    return services.getOrDefault(name, List.of());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
