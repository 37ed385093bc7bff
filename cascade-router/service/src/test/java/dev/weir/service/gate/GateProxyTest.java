package dev.weir.service.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.service.sfu.Jws;
import dev.weir.service.sfu.SigningKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SignalResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GateProxyTest {

  private GateFixture gate;
  private FakeNode node;

  @BeforeEach
  void open() throws IOException {
    gate = new GateFixture();
    node = new FakeNode();
    gate.places.node("n1", node.url());
  }

  @AfterEach
  void close() throws IOException {
    gate.close();
    node.close();
  }

  @Test
  void passesFramesOfBothSidesAsTheyCame() throws Exception {
    try (Wire client = gate.join("room", "@a:x:D")) {
      FakeNode.Call call = node.call();
      client.binary(new byte[] {9, 8, 7});
      assertThat(call.wire().read().payload()).containsExactly(9, 8, 7);
      call.wire().binary(bytes(200_000));
      assertThat(client.read().payload()).isEqualTo(bytes(200_000));
      client.send(9, true, new byte[] {1});
      assertThat(call.wire().read().opcode()).as("a ping is the node's to answer").isEqualTo(9);
      call.wire().send(10, true, new byte[] {1});
      assertThat(client.read().opcode()).isEqualTo(10);
    }
  }

  @Test
  void presentsATokenOfItsOwnToTheNodeAndLeavesTheRestOfTheQueryAlone() throws Exception {
    String mine = GateFixture.token("room", "@a:x:D");
    GateFixture.Reply reply =
        gate.upgrade("/rtc/v1?join_request=a%2Bb%3D&access_token=" + mine + "&sdk=js&x");
    assertThat(reply.status()).isEqualTo(101);
    assertThat(reply.head())
        .contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        .doesNotContainIgnoringCase("Sec-WebSocket-Extensions");
    FakeNode.Call call = node.call();
    assertThat(call.head())
        .contains("join_request=a%2Bb%3D&sdk=js&x HTTP/1.1")
        .contains("GET /rtc/v1?")
        .contains("X-Forwarded-For: 127.0.0.1")
        .contains("Origin: https://call.example")
        .doesNotContain(mine);
    Jws minted = Jws.parse(call.parameter("access_token")).orElseThrow();
    assertThat(minted.signedBy(GateFixture.NODE_KEY)).isTrue();
    assertThat(minted.claims().getString("sub")).isEqualTo("@a:x:D");
    assertThat(minted.claims().getString("name")).isEqualTo("Alice");
    assertThat(minted.claims().getJsonObject("video").getString("room")).isEqualTo("room");
    reply.socket().close();
  }

  @Test
  void takesTheTokenFromTheAuthorizationHeaderAndDoesNotPassTheHeaderOn() throws Exception {
    String[] headers = java.util.Arrays.copyOf(GateFixture.UPGRADE, 7);
    headers[6] = "Authorization: Bearer " + GateFixture.token("room", "@a:x:D");
    GateFixture.Reply reply = gate.request("/rtc?access_token=rubbish", headers);
    assertThat(reply.status()).isEqualTo(101);
    assertThat(node.call().head()).doesNotContain("Authorization").doesNotContain("rubbish");
    reply.socket().close();
  }

  @Test
  void makesSureThatTheRoomExistsAtItsPlace() throws Exception {
    gate.join("room", "@a:x:D").close();
    assertThat(gate.places.made).containsExactly("n1/room");
  }

  @Test
  void holdsTheUpgradeUntilTheRoomCanBeMade() throws Exception {
    gate.places.dead.add("n1");
    CompletableFuture<Wire> joining = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                joining.complete(gate.join("room", "@a:x:D"));
              } catch (IOException | AssertionError e) {
                joining.completeExceptionally(e);
              }
            });
    await().during(java.time.Duration.ofMillis(200)).until(() -> !joining.isDone());
    gate.places.dead.clear();
    joining.get().close();
  }

  @Test
  void dialsAgainAfterTheNodeDidNotKnowTheRoom() throws Exception {
    int[] asked = {0};
    node.answering(head -> asked[0]++ == 0 ? 404 : 101);
    gate.join("room", "@a:x:D").close();
    assertThat(gate.places.made).containsExactly("n1/room", "n1/room");
  }

  @Test
  void answers503WhenTheHoldIsOverWhateverTheNodeSays() throws Exception {
    for (int status : new int[] {401, 403, 404, 500}) {
      node.answering(head -> status);
      GateFixture.Reply reply = gate.upgrade("/rtc?access_token=" + GateFixture.token("r", "i"));
      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.head()).containsIgnoringCase("retry-after: 1");
    }
  }

  @Test
  void passesOnWhatTheClientItselfDidWrong() throws Exception {
    node.answering(head -> 400);
    assertThat(gate.upgrade("/rtc/v1?access_token=" + GateFixture.token("r", "i")).status())
        .isEqualTo(400);
  }

  @Test
  void validatesThroughTheNode() throws Exception {
    node.answering(head -> head.contains("/rtc/v1/validate?access_token=ey") ? 200 : 500);
    GateFixture.Reply reply =
        gate.request("/rtc/v1/validate?access_token=" + GateFixture.token("r", "i"));
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.head()).containsIgnoringCase("access-control-allow-origin: *");
  }

  @Test
  void refusesEveryBadTokenAtOnceAndAlike() throws Exception {
    var good = GateFixture.claims("r", "i");
    long past = Instant.now().getEpochSecond() - 120;
    String[] bad = {
      "",
      "a.b.c",
      Jws.sign(good, new SigningKey("gate", "other")),
      Jws.sign(good.copy().put("iss", "unknown"), GateFixture.GATE_KEY),
      Jws.sign(good.copy().put("exp", past), GateFixture.GATE_KEY),
      Jws.sign(good.copy().put("nbf", past + 600), GateFixture.GATE_KEY),
      Jws.sign(good.copy().put("sub", ""), GateFixture.GATE_KEY),
      Jws.sign(good.copy().put("video", "x"), GateFixture.GATE_KEY),
      "eyJhbGciOiJub25lIn0." + GateFixture.token("r", "i").split("\\.")[1] + ".",
      "x".repeat(20_000 - 16_000)
    };
    java.util.Set<String> answers = new java.util.HashSet<>();
    for (String token : bad) {
      GateFixture.Reply reply = gate.upgrade("/rtc?access_token=" + token);
      assertThat(reply.status()).as(token).isEqualTo(401);
      answers.add(reply.head());
      assertThat(gate.request("/rtc/validate?access_token=" + token).status()).isEqualTo(401);
    }
    assertThat(answers).as("one answer for all causes").hasSize(1);
    assertThat(node.wasCalled()).isFalse();
    assertThat(gate.places.made).as("no room was made").isEmpty();
  }

  @Test
  void knowsOnlyItsOwnPathsAndSites() throws Exception {
    for (String path : new String[] {"/rtc/v2", "/x/rtc", "/rtcx", "/settings/regions", "/"}) {
      assertThat(gate.upgrade(path + "?access_token=" + GateFixture.token("r", "i")).status())
          .as(path)
          .isEqualTo(404);
    }
  }

  @Test
  void aTokenOfOneSiteIsNothingAtAnother() throws Exception {
    String token = GateFixture.token("r", "i");
    assertThat(gate.upgrade("/b/rtc?access_token=" + token).status()).isEqualTo(401);
    String other =
        Jws.sign(GateFixture.claims("r", "i").put("iss", "gb"), new SigningKey("gb", "secret-b"));
    assertThat(gate.upgrade("/b/rtc?access_token=" + other).status()).isEqualTo(101);
    assertThat(node.call().head()).contains("GET /rtc?");
  }

  @Test
  void closeCodesOfTheNodeReachTheClient() throws Exception {
    try (Wire client = gate.join("room", "@a:x:D")) {
      node.call().wire().send(8, true, new byte[] {0x0f, (byte) 0xa1, 'x'});
      assertThat(client.read().closeCode()).isEqualTo(4001);
    }
    assertThat(gate.losses).isEmpty();
  }

  @Test
  void aClientsGoodbyeReachesTheNodeAndEndsTheConnection() throws Exception {
    Wire client = gate.join("room", "@a:x:D");
    Wire backend = node.call().wire();
    client.send(8, true, new byte[] {0x03, (byte) 0xe8});
    assertThat(backend.read().closeCode()).isEqualTo(1000);
    backend.close();
    assertThat(client.ended()).isTrue();
    await().until(() -> gate.house.conduits().open() == 0);
    assertThat(gate.losses).isEmpty();
    assertThat(gate.house.limits().remembered()).isLessThanOrEqualTo(1);
  }

  @Test
  void keepsTheClientOpenWhenTheNodeDiesAndTellsItToJoinAgain() throws Exception {
    CompletableFuture<Boolean> living = new CompletableFuture<>();
    gate.rescue.set(living);
    try (Wire client = gate.join("room", "@a:x:D")) {
      node.call().wire().cut();
      await().until(() -> gate.losses.contains(Conduit.Loss.BROKEN));
      living.complete(true);
      assertThat(signal(client).getLeave().getAction()).isEqualTo(LeaveRequest.Action.RECONNECT);
      client.send(8, true, new byte[] {0x03, (byte) 0xe8});
      assertThat(client.read().opcode()).isEqualTo(8);
      assertThat(client.ended()).isTrue();
    }
  }

  @Test
  void closesTheClientWhenItsRoomCannotBeSaved() throws Exception {
    gate.rescue.set(CompletableFuture.completedFuture(false));
    try (Wire client = gate.join("room", "@a:x:D")) {
      node.call().wire().cut();
      assertThat(client.read().closeCode()).isEqualTo(1012);
    }
  }

  @Test
  void turnsFatalLeavesIntoJoiningAgain() throws Exception {
    for (DisconnectReason reason :
        new DisconnectReason[] {
          DisconnectReason.SERVER_SHUTDOWN,
          DisconnectReason.ROOM_DELETED,
          DisconnectReason.ROOM_CLOSED,
          DisconnectReason.STATE_MISMATCH,
          DisconnectReason.MIGRATION,
          DisconnectReason.DUPLICATE_IDENTITY,
          DisconnectReason.PARTICIPANT_REMOVED
        }) {
      try (Wire client = gate.join("room", "@" + reason + ":x:D")) {
        Wire backend = node.call().wire();
        backend.binary(leave(reason));
        backend.send(8, true, new byte[] {0x03, (byte) 0xe8});
        backend.close();
        LeaveRequest told = signal(client).getLeave();
        assertThat(told.getAction()).as(reason.name()).isEqualTo(LeaveRequest.Action.RECONNECT);
        assertThat(told.getCanReconnect()).isTrue();
      }
    }
  }

  @Test
  void ourOwnKickEndsTheSession() throws Exception {
    gate.kicks = () -> CompletableFuture.completedFuture(true);
    try (Wire client = gate.join("room", "@a:x:D")) {
      node.call().wire().binary(leave(DisconnectReason.PARTICIPANT_REMOVED));
      assertThat(signal(client).getLeave().getAction()).isEqualTo(LeaveRequest.Action.DISCONNECT);
    }
  }

  @Test
  void whomANodeClosesWithoutALeaveJoinsAgainUnlessThatWasMeant() throws Exception {
    byte[] normal = {0x03, (byte) 0xe8};
    try (Wire client = gate.join("room", "@a:x:D")) {
      node.call().wire().send(8, true, normal);
      assertThat(signal(client).getLeave().getAction()).isEqualTo(LeaveRequest.Action.RECONNECT);
    }
    gate.kicks = () -> CompletableFuture.completedFuture(true);
    try (Wire client = gate.join("room", "@b:x:D")) {
      node.call().wire().send(8, true, normal);
      assertThat(client.read().closeCode()).isEqualTo(1000);
    }
  }

  @Test
  void aLeaveWaitsForAMemoryThatIsElsewhereAndHoldsUpNobody() throws Exception {
    for (boolean ordered : new boolean[] {true, false}) {
      CompletableFuture<Boolean> answer = new CompletableFuture<>();
      gate.kicks = () -> answer;
      try (Wire client = gate.join("room", "@a:x:D" + ordered)) {
        Wire backend = node.call().wire();
        backend.binary(leave(DisconnectReason.PARTICIPANT_REMOVED));
        backend.send(8, true, new byte[] {0x03, (byte) 0xe8});
        backend.close();
        try (Wire other = gate.join("room", "@b:x:D" + ordered)) {
          node.call().wire().binary(leave(DisconnectReason.ROOM_DELETED));
          assertThat(signal(other).getLeave().getAction()).isEqualTo(LeaveRequest.Action.RECONNECT);
        }
        answer.complete(ordered);
        LeaveRequest told = signal(client).getLeave();
        assertThat(told.getAction())
            .isEqualTo(ordered ? LeaveRequest.Action.DISCONNECT : LeaveRequest.Action.RECONNECT);
        if (ordered) {
          assertThat(client.read().closeCode()).isEqualTo(1000);
        }
      }
    }
  }

  @Test
  void signsRefreshTokensOverWithTheGatesKey() throws Exception {
    try (Wire client = gate.join("room", "@a:x:D")) {
      var claims = GateFixture.claims("room", "@a:x:D").put("iss", "node").put("name", "Renamed");
      String refresh = Jws.sign(claims, GateFixture.NODE_KEY);
      node.call()
          .wire()
          .binary(SignalResponse.newBuilder().setRefreshToken(refresh).build().toByteArray());
      Jws got = Jws.parse(signal(client).getRefreshToken()).orElseThrow();
      assertThat(got.signedBy(GateFixture.GATE_KEY)).isTrue();
      assertThat(got.claims().getString("iss")).isEqualTo("gate");
      assertThat(got.claims().getString("name")).isEqualTo("Renamed");
    }
  }

  @Test
  void injectsOnlyBetweenMessages() throws Exception {
    try (Wire client = gate.join("room", "@a:x:D")) {
      Wire backend = node.call().wire();
      byte[] half = bytes(100_000);
      backend.send(FrameHead.BINARY, false, half);
      assertThat(client.read().payload()).isEqualTo(half);
      gate.house.conduits().of(new RoomKey("a.example", "room")).forEach(Conduit::reconnect);
      backend.send(FrameHead.CONTINUATION, false, half);
      backend.send(FrameHead.CONTINUATION, true, new byte[] {5});
      assertThat(client.read().opcode()).isEqualTo(FrameHead.CONTINUATION);
      assertThat(client.read().fin()).isTrue();
      assertThat(signal(client).getLeave().getAction()).isEqualTo(LeaveRequest.Action.RECONNECT);
    }
  }

  @Test
  void aSlowClientHoldsTheNodeBackInsteadOfFillingTheGate() throws Exception {
    try (Wire client = gate.join("room", "@a:x:D")) {
      Wire backend = node.call().wire();
      byte[] chunk = bytes(60_000);
      int[] sent = {0};
      Thread writer =
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    try {
                      for (int i = 0; i < 2_000; i++) {
                        backend.binary(chunk);
                        sent[0]++;
                      }
                    } catch (IOException closed) {
                      // The test is over.
                    }
                  });
      await().during(java.time.Duration.ofMillis(500)).until(() -> sent[0] < 1_500);
      int before = sent[0];
      for (int i = 0; i < 200; i++) {
        assertThat(client.read().payload()).hasSize(60_000);
      }
      await().until(() -> sent[0] > before);
      assertThat(writer.isAlive()).isTrue();
    }
  }

  @Test
  void refusesWhatNoClientSends() throws Exception {
    byte[][] bad = {
      Wire.frame(FrameHead.TEXT, true, "{}".getBytes(StandardCharsets.UTF_8), true),
      Wire.frame(FrameHead.BINARY, true, new byte[] {1}, false),
      {(byte) 0x82, (byte) 0xff, 0x7f, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4},
    };
    int[] codes = {1003, 1002, 1009};
    for (int i = 0; i < bad.length; i++) {
      try (Wire client = gate.join("room", "@a:x:D" + i)) {
        client.raw(bad[i]);
        assertThat(client.read().closeCode()).isEqualTo(codes[i]);
      }
    }
    await().until(() -> gate.house.conduits().open() == 0);
  }

  static byte[] leave(DisconnectReason reason) {
    return SignalResponse.newBuilder()
        .setLeave(LeaveRequest.newBuilder().setReason(reason))
        .build()
        .toByteArray();
  }

  static SignalResponse signal(Wire client) throws IOException {
    Wire.Frame frame = client.read();
    assertThat(frame.opcode()).isEqualTo(FrameHead.BINARY);
    return SignalResponse.parseFrom(frame.payload());
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(7).nextBytes(bytes);
    bytes[0] = 1;
    return bytes;
  }
}
