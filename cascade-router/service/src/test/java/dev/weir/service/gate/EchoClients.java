package dev.weir.service.gate;

import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** Many clients on a few threads, for measuring: each says a short thing and times its echo. */
final class EchoClients {

  private static final byte[] PAYLOAD = new byte[100];
  private static final int A_TIME = 100;

  static {
    PAYLOAD[0] = 0x0a;
  }

  private final Vertx vertx;
  private final NetClient client;
  private final int port;
  private final List<NetSocket> sockets = new ArrayList<>();

  EchoClients(Vertx vertx, int port) {
    this.vertx = vertx;
    this.client = vertx.createNetClient();
    this.port = port;
  }

  void open(int count) {
    for (int done = 0; done < count; done += A_TIME) {
      List<CompletableFuture<NetSocket>> opening = new ArrayList<>();
      for (int i = done; i < Math.min(count, done + A_TIME); i++) {
        opening.add(open("room" + i / 4, "@user" + i + ":a.example:DEVICE"));
      }
      opening.forEach(socket -> sockets.add(socket.join()));
    }
  }

  void close() {
    sockets.forEach(socket -> socket.close());
    sockets.clear();
  }

  private CompletableFuture<NetSocket> open(String room, String identity) {
    Promise<NetSocket> open = Promise.promise();
    client
        .connect(port, "127.0.0.1")
        .onFailure(open::tryFail)
        .onSuccess(
            socket -> {
              Buffer head = Buffer.buffer();
              socket.handler(
                  bytes -> {
                    head.appendBuffer(bytes);
                    if (head.toString().endsWith("\r\n\r\n")) {
                      if (head.toString().startsWith("HTTP/1.1 101")) {
                        open.tryComplete(socket);
                      } else {
                        open.tryFail(head.toString());
                      }
                    }
                  });
              socket.write(
                  "GET /rtc/v1?access_token="
                      + GateFixture.token(room, identity)
                      + " HTTP/1.1\r\nHost: a.example\r\n"
                      + String.join("\r\n", GateFixture.UPGRADE)
                      + "\r\n\r\n");
            });
    return open.future().toCompletionStage().toCompletableFuture();
  }

  /** Every client speaks once a second, spread over the second; gives back the round trips. */
  List<Long> talk(int seconds) throws Exception {
    ConcurrentLinkedQueue<Long> nanos = new ConcurrentLinkedQueue<>();
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    for (int i = 0; i < sockets.size(); i++) {
      NetSocket socket = sockets.get(i);
      CompletableFuture<Void> end = new CompletableFuture<>();
      ends.add(end);
      vertx.setTimer(
          1 + i * 1000L * seconds / sockets.size(),
          due -> {
            long began = System.nanoTime();
            socket.handler(
                echo -> {
                  nanos.add(System.nanoTime() - began);
                  end.complete(null);
                });
            socket.write(Buffer.buffer(Wire.frame(FrameHead.BINARY, true, PAYLOAD, true)));
          });
    }
    CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
    return List.copyOf(nanos);
  }
}
