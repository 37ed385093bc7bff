package dev.weir.relay.signal;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.weir.relay.AddressGuard;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.WrappedJoinRequest;
import org.jspecify.annotations.Nullable;

/** Dials {@code /rtc/v1} of a LiveKit server or of a gate before it. */
public final class WebSocketDialer implements SignalDialer, AutoCloseable {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(8);
  private static final int MAX_MESSAGE = 4 << 20;
  private static final int NORMAL = 1000;

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(CONNECT_LIMIT)
          .build();

  @Override
  public Channel dial(URI url, String token, JoinRequest join, AddressGuard guard, Events events) {
    Connection connection = new Connection(events);
    Thread.ofVirtual().name("dial").start(() -> connection.open(http, url, token, join, guard));
    return connection;
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  static URI endpoint(URI base, JoinRequest join) {
    byte[] wrapped =
        WrappedJoinRequest.newBuilder().setJoinRequest(join.toByteString()).build().toByteArray();
    String text = base.toString();
    String path = text.endsWith("/") ? text + "rtc/v1" : text + "/rtc/v1";
    return URI.create(path + "?join_request=" + Base64.getUrlEncoder().encodeToString(wrapped));
  }

  private static void check(URI url, AddressGuard guard) throws IOException {
    String scheme = url.getScheme();
    String host = url.getHost();
    if (host == null || !("ws".equals(scheme) || "wss".equals(scheme))) {
      throw new IOException("not a WebSocket URL");
    }
    // The JDK keeps what it resolved for a while, so the connection goes to what is checked here.
    for (InetAddress address : InetAddress.getAllByName(host)) {
      if (!guard.allows(address)) {
        throw new IOException("the signalling host has an address that is not allowed");
      }
    }
  }

  private static final class Connection implements Channel, WebSocket.Listener {
    private final Events events;
    private final CompletableFuture<WebSocket> opened = new CompletableFuture<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private CompletableFuture<WebSocket> tail = opened;

    Connection(Events events) {
      this.events = events;
    }

    void open(HttpClient http, URI url, String token, JoinRequest join, AddressGuard guard) {
      try {
        check(url, guard);
        http.newWebSocketBuilder()
            .header("Authorization", "Bearer " + token)
            .connectTimeout(CONNECT_LIMIT)
            .buildAsync(endpoint(url, join), this)
            .whenComplete(this::opened);
      } catch (IOException | IllegalArgumentException e) {
        end(words(e));
      }
    }

    private void opened(@Nullable WebSocket socket, @Nullable Throwable failure) {
      if (failure != null) {
        end(words(failure));
      } else if (socket != null) {
        opened.complete(socket);
        if (ended.get()) {
          socket.abort();
        }
      }
    }

    @Override
    public synchronized void send(SignalRequest request) {
      ByteBuffer bytes = ByteBuffer.wrap(request.toByteArray());
      tail = tail.thenCompose(socket -> socket.sendBinary(bytes, true));
    }

    @Override
    public synchronized void close() {
      ended.set(true);
      tail.orTimeout(1, java.util.concurrent.TimeUnit.SECONDS)
          .whenComplete(
              (socket, failure) -> {
                WebSocket open = opened.getNow(null);
                if (open != null) {
                  open.sendClose(NORMAL, "").whenComplete((s, f) -> open.abort());
                }
              });
    }

    @Override
    public void onOpen(WebSocket socket) {
      socket.request(1);
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      if (message.size() + data.remaining() > MAX_MESSAGE) {
        socket.abort();
        end("message of more than " + MAX_MESSAGE + " bytes");
        return null;
      }
      byte[] part = new byte[data.remaining()];
      data.get(part);
      message.writeBytes(part);
      if (last) {
        byte[] whole = message.toByteArray();
        message.reset();
        try {
          if (!ended.get()) {
            events.message(SignalResponse.parseFrom(whole), () -> socket.request(1));
          }
        } catch (InvalidProtocolBufferException e) {
          socket.abort();
          end("message that is no signalling response");
        }
        return null;
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      end("closed with code " + code);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      end(words(error));
    }

    private void end(String why) {
      opened.completeExceptionally(new IOException(why));
      if (ended.compareAndSet(false, true)) {
        events.closed(why);
      }
    }

    private static String words(Throwable failure) {
      Throwable cause =
          failure instanceof CompletionException && failure.getCause() != null
              ? failure.getCause()
              : failure;
      if (cause instanceof WebSocketHandshakeException refused) {
        return "refused with HTTP " + refused.getResponse().statusCode();
      }
      String message = cause.getMessage();
      String kind = cause.getClass().getSimpleName();
      return message == null ? kind : kind + ": " + message;
    }
  }
}
