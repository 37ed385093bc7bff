package dev.weir.service.contract;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A Redis server with a password and one hash. */
final class FakeRedis implements AutoCloseable {
  final Map<String, String> jobs = new ConcurrentHashMap<>();
  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final String password;

  FakeRedis(String password) throws IOException {
    this.password = password;
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      boolean known = false;
      while (true) {
        List<String> words = words(in);
        known |= words.equals(List.of("AUTH", password));
        out.write(
            (known ? answer(words) : "-NOAUTH Authentication required.\r\n")
                .getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
    } catch (IOException e) {
      // The client has gone.
      return;
    }
  }

  private String answer(List<String> words) {
    switch (words.getFirst()) {
      case "HGETALL" -> {
        StringBuilder all = new StringBuilder("*" + jobs.size() * 2 + "\r\n");
        jobs.forEach((field, value) -> all.append(bulk(field)).append(bulk(value)));
        return all.toString();
      }
      case "HSET" -> {
        for (int i = 2; i + 1 < words.size(); i += 2) {
          jobs.put(words.get(i), words.get(i + 1));
        }
        return ":1\r\n";
      }
      case "HDEL" -> {
        return ":" + (jobs.remove(words.get(2)) == null ? 0 : 1) + "\r\n";
      }
      default -> {
        return "+OK\r\n";
      }
    }
  }

  private static String bulk(String text) {
    return "$" + text.getBytes(StandardCharsets.UTF_8).length + "\r\n" + text + "\r\n";
  }

  private static List<String> words(InputStream in) throws IOException {
    int count = Integer.parseInt(line(in).substring(1));
    List<String> words = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = Integer.parseInt(line(in).substring(1));
      byte[] bytes = in.readNBytes(length + 2);
      words.add(new String(bytes, 0, length, StandardCharsets.UTF_8));
    }
    return words;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException();
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
