package dev.weir.relay.signal;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weir.relay.AddressGuard;
import dev.weir.relay.signal.RawServer.Visitor;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketDialerTest {
  private static final int TOO_MUCH = (4 << 20) + 1;

  private final WebSocketDialer dialer = new WebSocketDialer();
  private final Heard heard = new Heard();
  private RawServer server;

  /** What a channel told, in its order: messages, then perhaps a word about its end. */
  private static final class Heard implements SignalDialer.Events {
    private final BlockingQueue<Object> all = new LinkedBlockingQueue<>();
    private final BlockingQueue<Runnable> nexts = new LinkedBlockingQueue<>();
    private volatile boolean patient;

    @Override
    public void message(SignalResponse response, Runnable next) {
      all.add(response);
      if (patient) {
        nexts.add(next);
      } else {
        next.run();
      }
    }

    @Override
    public void closed(String why) {
      all.add(why);
    }

    Object take() throws InterruptedException {
      return all.poll(10, TimeUnit.SECONDS);
    }
  }

  @BeforeEach
  void start() throws Exception {
    server = new RawServer();
  }

  @AfterEach
  void stop() throws Exception {
    dialer.close();
    server.close();
  }

  private SignalDialer.Channel dial(URI url, AddressGuard guard) {
    return dialer.dial(url, "token-of-bob", JoinRequest.getDefaultInstance(), guard, heard);
  }

  private Visitor dialled() throws Exception {
    dial(server.url("127.0.0.1"), address -> true);
    return server.accept();
  }

  private static SignalResponse message(int number, int size) {
    byte[] trailer = new byte[size];
    Arrays.fill(trailer, (byte) number);
    return SignalResponse.newBuilder()
        .setJoin(
            JoinResponse.newBuilder()
                .setServerVersion(Integer.toString(number))
                .setSifTrailer(ByteString.copyFrom(trailer)))
        .build();
  }

  private static byte[] frame(SignalResponse message) {
    return RawServer.frame(RawServer.BINARY, true, message.toByteArray());
  }

  /** LiveKit's answer to a join comes right behind the upgrade, and grows with the room. */
  @ParameterizedTest
  @ValueSource(ints = {10, 16_500, 33_000, 70_000, 200_000})
  void everyMessageRightBehindTheUpgradeArrivesWhole(int size) throws Exception {
    for (int round = 0; round < 60; round++) {
      try (Visitor visitor = dialled()) {
        byte[][] all = {
          visitor.welcome(), frame(message(1, size)), frame(message(2, 5)), frame(message(3, size))
        };
        if (round % 2 == 0) {
          visitor.write(all);
        } else {
          for (byte[] part : all) {
            visitor.write(part);
          }
        }
        assertThat(heard.take()).isEqualTo(message(1, size));
        assertThat(heard.take()).isEqualTo(message(2, 5));
        assertThat(heard.take()).isEqualTo(message(3, size));
      }
      assertThat(heard.take()).isInstanceOf(String.class);
    }
  }

  @Test
  void theTokenIsInAHeaderAndNotInTheUrl() throws Exception {
    try (Visitor visitor = dialled()) {
      assertThat(visitor.header("authorization")).isEqualTo("Bearer token-of-bob");
      assertThat(visitor.request().lines().findFirst().orElseThrow())
          .startsWith("GET /rtc/v1?join_request=")
          .doesNotContain("token-of-bob");
      assertThat(visitor.header("sec-websocket-extensions")).isEmpty();
    }
  }

  @Test
  void messagesAreHandedOnOneAtATimeAndTheEndAfterAllOfThem() throws Exception {
    heard.patient = true;
    try (Visitor visitor = dialled()) {
      visitor.write(
          visitor.welcome(), frame(message(1, 9)), frame(message(2, 9)), frame(message(3, 9)));
    }
    for (int i = 1; i <= 3; i++) {
      assertThat(heard.take()).isEqualTo(message(i, 9));
      assertThat(heard.all.poll(50, TimeUnit.MILLISECONDS)).isNull();
      heard.nexts.take().run();
    }
    assertThat(heard.take()).isEqualTo("the connection broke");
  }

  /** Who does not read does not make this process hold what a server sends. */
  @Test
  void nothingIsReadWhileAMessageIsBeingDealtWith() throws Exception {
    heard.patient = true;
    try (Visitor visitor = dialled()) {
      visitor.write(visitor.welcome(), frame(message(1, 9)));
      assertThat(heard.take()).isEqualTo(message(1, 9));
      byte[] large = frame(message(2, 1 << 20));
      Thread writer =
          Thread.startVirtualThread(
              () -> {
                try {
                  for (int i = 0; i < 64; i++) {
                    visitor.write(large);
                  }
                } catch (java.io.IOException e) {
                  // The test is over.
                }
              });
      assertThat(writer.join(java.time.Duration.ofMillis(500))).isFalse();
      heard.patient = false;
      heard.nexts.take().run();
      assertThat(writer.join(java.time.Duration.ofSeconds(10))).isTrue();
      for (int i = 0; i < 64; i++) {
        assertThat(heard.take()).isEqualTo(message(2, 1 << 20));
      }
    }
  }

  @Test
  void partsOfAMessageAndPingsBetweenThem() throws Exception {
    byte[] whole = message(7, 300).toByteArray();
    try (Visitor visitor = dialled()) {
      visitor.write(
          visitor.welcome(),
          RawServer.frame(RawServer.BINARY, false, Arrays.copyOf(whole, 100)),
          RawServer.frame(RawServer.PING, true, new byte[] {42}),
          RawServer.frame(
              RawServer.CONTINUATION, true, Arrays.copyOfRange(whole, 100, whole.length)));
      assertThat(heard.take()).isEqualTo(message(7, 300));
      assertThat(visitor.frame()).containsExactly(RawServer.PONG, 42);
    }
  }

  @Test
  void aMessageOfMoreThanFourMebibytesEndsTheChannelBeforeItIsRead() throws Exception {
    try (Visitor visitor = dialled()) {
      visitor.write(
          visitor.welcome(), RawServer.frame(RawServer.BINARY, true, TOO_MUCH, new byte[0]));
      assertThat(heard.take()).asString().contains("Max frame length");
    }
    try (Visitor visitor = dialled()) {
      byte[] half = new byte[TOO_MUCH / 2 + 1];
      visitor.write(
          visitor.welcome(),
          RawServer.frame(RawServer.BINARY, false, half),
          RawServer.frame(RawServer.CONTINUATION, false, half));
      assertThat(heard.take()).asString().contains("content length");
    }
  }

  @Test
  void whatIsNoSignallingResponseEndsTheChannel() throws Exception {
    try (Visitor visitor = dialled()) {
      visitor.write(
          visitor.welcome(), RawServer.frame(RawServer.BINARY, true, new byte[] {-1, -1, -1}));
      assertThat(heard.take()).isEqualTo("message that is no signalling response");
    }
  }

  @Test
  void theEndSaysWhatTheServerSaid() throws Exception {
    try (Visitor visitor = dialled()) {
      visitor.write(
          "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone"
              .getBytes(StandardCharsets.ISO_8859_1));
      assertThat(heard.take()).isEqualTo("refused with HTTP 404");
    }
    try (Visitor visitor = dialled()) {
      visitor.write(
          visitor.welcome(),
          RawServer.frame(RawServer.CLOSE, true, new byte[] {0x03, (byte) 0xe9}));
      assertThat(heard.take()).isEqualTo("closed with code 1001");
    }
  }

  @Test
  void aServerThatDoesNotListen() throws Exception {
    server.close();
    dial(server.url("127.0.0.1"), address -> true);
    assertThat(heard.take()).asString().contains("Connection refused");
  }

  @Test
  void anAddressThatIsNotAllowedIsNotDialled() throws Exception {
    dial(server.url("127.0.0.1"), address -> !address.isLoopbackAddress());
    assertThat(heard.take())
        .isEqualTo("IOException: the signalling host has an address that is not allowed");
    dial(URI.create("https://127.0.0.1"), address -> true);
    assertThat(heard.take()).isEqualTo("IOException: not a WebSocket URL");
  }

  @Test
  void whatIsSentBeforeTheChannelIsOpenComesInOrderAndBeforeTheGoodbye() throws Exception {
    SignalDialer.Channel channel = dial(server.url("127.0.0.1"), address -> true);
    for (int i = 0; i < 50; i++) {
      channel.send(SignalRequest.newBuilder().setPing(i).build());
    }
    channel.close();
    try (Visitor visitor = server.accept()) {
      visitor.write(visitor.welcome());
      for (int i = 0; i < 50; i++) {
        byte[] frame = visitor.frame();
        assertThat(frame[0]).isEqualTo((byte) RawServer.BINARY);
        byte[] payload = Arrays.copyOfRange(frame, 1, frame.length);
        assertThat(SignalRequest.parseFrom(payload).getPing()).isEqualTo(i);
      }
      assertThat(visitor.frame()[0]).isEqualTo((byte) RawServer.CLOSE);
    }
    assertThat(heard.all).isEmpty();
  }
}
