package dev.weir.service.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Handshakes that no client sends. */
class HandshakeFuzzTest {

  private static final int INPUTS = 20_000;
  private static final GateSettings NO_LIMITS =
      new GateSettings(
          Duration.ofSeconds(2),
          Duration.ofMillis(30),
          Duration.ofSeconds(1),
          Duration.ofMillis(1),
          Duration.ofSeconds(5),
          1_000_000,
          1_000_000,
          1_000_000);
  private static final String ALPHABET = "abz019-_.~%=&?/+: \u00e9\t\"'{}";

  private GateFixture gate;
  private FakeNode node;

  @BeforeEach
  void open() throws Exception {
    gate = new GateFixture(NO_LIMITS);
    node = new FakeNode();
    gate.places.node("n1", node.url());
    gate.join("known", "@a:x:D").close();
    node.call();
    gate.places.made.clear();
  }

  @AfterEach
  void close() throws IOException {
    gate.close();
    node.close();
  }

  @Test
  void noneOfThemGetsInBreaksAnythingOrLeavesAnythingBehind() throws Exception {
    Random random = new Random(6);
    Set<Integer> answers = new HashSet<>();
    for (int i = 0; i < INPUTS; i++) {
      int status = status(request(random));
      assertThat(status).as("input %d", i).isNotEqualTo(101).isLessThan(500);
      answers.add(status);
    }
    assertThat(answers).as("all kinds were met").contains(400, 401, 404);
    assertThat(node.wasCalled()).as("the node heard of one").isFalse();
    assertThat(gate.places.made).as("a room was made for one").isEmpty();
    await().until(() -> gate.house.conduits().open() == 0);
    gate.join("known", "@a:x:D").close();
    node.call();
  }

  @Test
  void withoutAValidTokenNoRoomIsDifferentFromAnother() throws Exception {
    Random random = new Random(7);
    Set<String> known = new HashSet<>();
    Set<String> unknown = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      String damage = text(random, 1 + random.nextInt(6));
      known.add(refusal(GateFixture.token("known", "@a:x:D"), damage, i));
      unknown.add(refusal(GateFixture.token("room-" + i, "@a:x:D"), damage, i));
    }
    assertThat(known).as("one answer, whatever is wrong").hasSize(1).isEqualTo(unknown);
    assertThat(gate.places.made).isEmpty();
  }

  /** A token that was good before something was put into it. */
  private String refusal(String token, String damage, int at) throws IOException {
    int cut = at % token.length();
    String broken =
        token.substring(0, cut)
            + java.net.URLEncoder.encode(damage, StandardCharsets.UTF_8)
            + "x"
            + token.substring(cut);
    GateFixture.Reply reply = gate.upgrade("/rtc/v1?access_token=" + broken);
    reply.socket().close();
    return reply.head();
  }

  private String request(Random random) {
    StringBuilder request = new StringBuilder();
    request.append(random.nextInt(20) == 0 ? text(random, 5).strip() + "G" : "GET").append(' ');
    String[] paths = {"/rtc", "/rtc/v1", "/rtc/validate", "/rtc/v1/validate", "/rtc/", "/b/rtc"};
    request.append(
        random.nextInt(8) == 0 ? "/" + visible(random, 12) : paths[random.nextInt(paths.length)]);
    request.append('?');
    List<String> parameters = new ArrayList<>();
    for (int i = random.nextInt(5); i >= 0; i--) {
      parameters.add(
          switch (random.nextInt(5)) {
            case 0 -> "access_token=" + visible(random, 40);
            case 1 -> "access_token=" + damaged(random);
            case 2 -> "join_request=" + visible(random, 60);
            case 3 -> "sdk=js";
            default -> visible(random, 20);
          });
    }
    request.append(String.join("&", parameters)).append(" HTTP/1.1\r\nHost: a.example\r\n");
    for (String header : GateFixture.UPGRADE) {
      if (random.nextInt(10) > 0) {
        request.append(header).append("\r\n");
      }
    }
    if (random.nextInt(6) == 0) {
      request.append("Authorization: Bearer ").append(visible(random, 30)).append("\r\n");
    }
    if (random.nextInt(30) == 0) {
      request.append(text(random, 30).replace("\t", "")).append("\r\n");
    }
    return request.append("Connection: close\r\n\r\n").toString();
  }

  private static String damaged(Random random) {
    StringBuilder token = new StringBuilder(GateFixture.token("known", "@a:x:D"));
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(token.length());
      token.setCharAt(at, token.charAt(at) == 'A' ? 'B' : 'A');
    }
    return token.insert(random.nextInt(token.length()), "z").toString();
  }

  private static String text(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return text.toString();
  }

  private static String visible(Random random, int most) {
    return text(random, random.nextInt(most)).replaceAll("[ \t\u00e9\"{}]", "a");
  }

  private int status(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gate.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      InputStream in = socket.getInputStream();
      byte[] head = in.readNBytes(12);
      return head.length < 12
          ? 0
          : Integer.parseInt(new String(head, 9, 3, StandardCharsets.US_ASCII));
    }
  }
}
