package dev.weir.service.gate;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * Opens WebSockets to backends: a TCP connection, the upgrade written by hand, and the reply's head
 * read. After it the socket carries raw frames, so that the client's bytes can be passed on as they
 * came, masked and unread. No extension is offered, hence none is negotiated.
 */
final class BackendDial {

  private static final int MAX_HEAD = 16 * 1024;

  /** The handshake's key proves nothing between the two of us; a constant is a valid one. */
  private static final String KEY = "d2Vpci1nYXRlLWJhY2tlbg==";

  /** What came of it. */
  sealed interface Answer {
    /** Raw frames from here on; {@code early} are bytes that came right behind the head. */
    record Upgraded(NetSocket socket, Buffer early) implements Answer {}

    record Refused(int status) implements Answer {}

    record Unreachable(Throwable cause) implements Answer {}
  }

  private final Vertx vertx;
  private final NetClient plain;
  private final NetClient secure;
  private final Duration patience;

  /**
   * Makes a dialler.
   *
   * @param tls whom to trust and what to show for {@code wss} backends
   */
  BackendDial(Vertx vertx, Duration patience, NetClientOptions tls) {
    this.vertx = vertx;
    this.patience = patience;
    int millis = Math.toIntExact(patience.toMillis());
    this.plain =
        vertx.createNetClient(
            new NetClientOptions().setConnectTimeout(millis).setTcpKeepAlive(true));
    this.secure =
        vertx.createNetClient(
            new NetClientOptions(tls)
                .setConnectTimeout(millis)
                .setTcpKeepAlive(true)
                .setSsl(true)
                .setHostnameVerificationAlgorithm("HTTPS"));
  }

  Future<Answer> dial(Binding to, String target, Map<String, String> headers) {
    URI base = to.url();
    boolean tls = secure(base);
    return (tls ? secure : plain)
        .connect(server(to), tls ? base.getHost() : null)
        .compose(socket -> upgrade(socket, request(base, target, headers)))
        .recover(cause -> Future.succeededFuture(new Answer.Unreachable(cause)));
  }

  /**
   * A checked address is dialled as it is; certificates are for the host of the URL all the same.
   */
  static SocketAddress server(Binding to) {
    String host = to.url().getHost();
    int port = port(to.url());
    return to.address()
        .map(address -> SocketAddress.inetSocketAddress(named(address, host, port)))
        .orElseGet(() -> SocketAddress.inetSocketAddress(port, host));
  }

  private static InetSocketAddress named(InetAddress address, String host, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(host, address.getAddress()), port);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static boolean secure(URI base) {
    return "wss".equals(base.getScheme()) || "https".equals(base.getScheme());
  }

  static int port(URI base) {
    return base.getPort() > 0 ? base.getPort() : secure(base) ? 443 : 80;
  }

  private Future<Answer> upgrade(NetSocket socket, String request) {
    Promise<Answer> answer = Promise.promise();
    long timer =
        vertx.setTimer(
            patience.toMillis(),
            late -> {
              if (answer.tryFail(new TimeoutException("upgrade"))) {
                socket.close();
              }
            });
    Buffer head = Buffer.buffer();
    socket.closeHandler(gone -> answer.tryFail(new ConnectException("closed")));
    socket.exceptionHandler(answer::tryFail);
    socket.handler(
        bytes -> {
          head.appendBuffer(bytes);
          int end = headEnd(head);
          if (end < 0 && head.length() <= MAX_HEAD) {
            return;
          }
          int status = end < 0 ? 502 : status(head);
          if (status == 101) {
            socket.pause();
            answer.tryComplete(new Answer.Upgraded(socket, head.getBuffer(end, head.length())));
          } else {
            answer.tryComplete(new Answer.Refused(status));
            socket.close();
          }
        });
    socket.write(request).onFailure(answer::tryFail);
    return answer.future().onComplete(done -> vertx.cancelTimer(timer));
  }

  private static String request(URI base, String target, Map<String, String> headers) {
    StringBuilder request = new StringBuilder("GET ").append(target).append(" HTTP/1.1\r\n");
    request.append("Host: ").append(base.getRawAuthority()).append("\r\n");
    request.append("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n");
    request.append("Sec-WebSocket-Key: ").append(KEY).append("\r\n");
    headers.forEach(
        (name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
    return request.append("\r\n").toString();
  }

  private static int headEnd(Buffer head) {
    for (int i = 3; i < head.length(); i++) {
      if (head.getByte(i) == '\n' && head.getByte(i - 2) == '\n' && head.getByte(i - 1) == '\r') {
        return i + 1;
      }
    }
    return -1;
  }

  /** The three digits of {@code HTTP/1.1 NNN}; a backend that says anything else is a bad one. */
  private static int status(Buffer head) {
    String line = head.getString(0, Math.min(12, head.length()), StandardCharsets.US_ASCII.name());
    try {
      return line.startsWith("HTTP/1.") ? Integer.parseInt(line.substring(9)) : 502;
    } catch (NumberFormatException | StringIndexOutOfBoundsException notHttp) {
      return 502;
    }
  }
}
