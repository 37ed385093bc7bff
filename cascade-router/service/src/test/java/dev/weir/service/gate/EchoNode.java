package dev.weir.service.gate;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.net.URI;

/** A node that sends every frame back as it came, for measuring. */
final class EchoNode {

  private final NetServer server;

  EchoNode(Vertx vertx) {
    server =
        vertx
            .createNetServer()
            .connectHandler(EchoNode::accept)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .join();
  }

  URI url() {
    return URI.create("ws://127.0.0.1:" + server.actualPort());
  }

  private static void accept(NetSocket socket) {
    Buffer head = Buffer.buffer();
    socket.handler(
        bytes -> {
          head.appendBuffer(bytes);
          if (head.toString().endsWith("\r\n\r\n")) {
            String key = FakeNode.header(head.toString(), "Sec-WebSocket-Key");
            socket.handler(frame -> echo(socket, frame));
            socket.write(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                    + "Connection: Upgrade\r\nSec-WebSocket-Accept: "
                    + Handshake.accept(key)
                    + "\r\n\r\n");
          }
        });
  }

  /** Clients send one short masked frame at a time: six bytes of head, then the payload. */
  private static void echo(NetSocket socket, Buffer frame) {
    FrameHead head = FrameHead.read(frame, 0).orElseThrow();
    byte[] key = frame.getBytes(head.length() - 4, head.length());
    byte[] payload = frame.getBytes(head.length(), frame.length());
    for (int i = 0; i < payload.length; i++) {
      payload[i] ^= key[i % 4];
    }
    socket.write(FrameHead.frame(FrameHead.BINARY, payload));
  }
}
