package dev.weir.service.gate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A backend as the gate sees one: answers upgrades, and gives the test its end of each. */
final class FakeNode implements AutoCloseable {

  /** One request that was answered with 101. */
  record Call(String head, Wire wire) {

    String parameter(String name) {
      String query = head.substring(head.indexOf('?') + 1, head.indexOf(" HTTP/1.1"));
      for (String parameter : query.split("&", -1)) {
        if (parameter.startsWith(name + "=")) {
          return parameter.substring(name.length() + 1);
        }
      }
      throw new AssertionError("no " + name + " in " + head);
    }
  }

  private final ServerSocket server;
  private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();

  /** Status for a request head; 101 opens, 0 leaves it without an answer. */
  private volatile Function<String, Integer> answers = head -> 101;

  FakeNode() throws IOException {
    server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /** One that also answers who asks whether it lives. */
  static FakeNode alive() throws IOException {
    FakeNode node = new FakeNode();
    node.answering(head -> head.startsWith("GET / ") ? 200 : 101);
    return node;
  }

  URI url() {
    return URI.create("ws://127.0.0.1:" + server.getLocalPort());
  }

  void answering(Function<String, Integer> with) {
    answers = with;
  }

  Call call() throws InterruptedException {
    Call call = calls.poll(10, TimeUnit.SECONDS);
    if (call == null) {
      throw new AssertionError("nobody called");
    }
    return call;
  }

  boolean wasCalled() {
    return !calls.isEmpty();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> answer(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void answer(Socket socket) {
    try {
      String head = Wire.head(socket.getInputStream());
      int status = answers.apply(head);
      Wire wire = new Wire(socket, false);
      if (status == 101) {
        String key = header(head, "Sec-WebSocket-Key");
        wire.raw(
            ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: "
                    + Handshake.accept(key)
                    + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        calls.add(new Call(head, wire));
      } else if (status > 0) {
        String body = status == 200 ? "success" : "";
        wire.raw(
            ("HTTP/1.1 " + status + " x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII));
        wire.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String header(String head, String name) {
    return head.lines()
        .filter(line -> line.toLowerCase().startsWith(name.toLowerCase() + ":"))
        .map(line -> line.substring(name.length() + 1).trim())
        .findFirst()
        .orElse("");
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
