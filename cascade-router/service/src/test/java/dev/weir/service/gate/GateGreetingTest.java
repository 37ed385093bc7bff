package dev.weir.service.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.weir.service.sfu.Jws;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.zip.GZIPOutputStream;
import livekit.LivekitModels.ClientInfo;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.Pong;
import livekit.LivekitRtc.ReconnectResponse;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.WrappedJoinRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients hear from the gate right after a node has let them in. */
class GateGreetingTest {

  private static final SignalResponse JOINED =
      SignalResponse.newBuilder().setJoin(JoinResponse.newBuilder().setServerVersion("x")).build();
  private static final SignalResponse AFTER =
      SignalResponse.newBuilder().setPongResp(Pong.newBuilder().setTimestamp(1)).build();

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
  void everybodyGetsATokenToComeBackWith() throws Exception {
    try (Link client = dial(GateFixture.token("room", "@a:x:D"), "&sdk=js")) {
      client.answer(JOINED);
      assertThat(client.heard()).isEqualTo(JOINED);
      Jws token = Jws.parse(client.heard().getRefreshToken()).orElseThrow();
      assertThat(token.signedBy(GateFixture.GATE_KEY)).isTrue();
      assertThat(token.claims().getString("sub")).isEqualTo("@a:x:D");
      assertThat(token.claims().getString("name")).isEqualTo("Alice");
      client.answer(AFTER);
      assertThat(client.heard()).as("and nothing else").isEqualTo(AFTER);
    }
  }

  @Test
  void whoComesBackWithItIsToldToPassOnWhatItHears() throws Exception {
    for (String how :
        new String[] {"&sdk=js", "&join_request=" + joinRequest(ClientInfo.SDK.JS, true)}) {
      String token = tokenToComeBackWith();
      try (Link client = dial(token, how)) {
        client.answer(JOINED);
        assertThat(client.heard()).isEqualTo(JOINED);
        assertThat(client.heard().hasRefreshToken()).isTrue();
        assertThat(client.heard().getLeave().getAction()).isEqualTo(LeaveRequest.Action.RESUME);
        client.answer(AFTER);
        assertThat(client.heard()).isEqualTo(AFTER);
      }
    }
  }

  @Test
  void whoWasLoadedAnewOrIsNoBrowserIsNot() throws Exception {
    String back = tokenToComeBackWith();
    String fresh = GateFixture.token("room", "@a:x:D");
    String go = "&join_request=" + joinRequest(ClientInfo.SDK.GO, false);
    String[][] calls = {
      {fresh, "&sdk=js"}, {back, "&sdk=go"}, {back, go}, {back, "&join_request=%"}
    };
    for (String[] call : calls) {
      try (Link client = dial(call[0], call[1])) {
        client.answer(JOINED, AFTER);
        assertThat(client.heard()).isEqualTo(JOINED);
        assertThat(client.heard()).as(call[1]).isEqualTo(AFTER);
        assertThat(client.heard().hasRefreshToken()).isTrue();
        client.answer(AFTER);
        assertThat(client.heard()).as(call[1]).isEqualTo(AFTER);
      }
    }
  }

  @Test
  void whoOnlyOpensItsSignallingAnewIsLeftAlone() throws Exception {
    try (Link client = dial(tokenToComeBackWith(), "&sdk=js&reconnect=1")) {
      SignalResponse resumed =
          SignalResponse.newBuilder().setReconnect(ReconnectResponse.getDefaultInstance()).build();
      client.answer(resumed, AFTER);
      assertThat(client.heard()).isEqualTo(resumed);
      assertThat(client.heard()).isEqualTo(AFTER);
      client.answer(AFTER);
      assertThat(client.heard()).isEqualTo(AFTER);
    }
  }

  @Test
  void aTokenThatHasRunOutInTheMiddleOfTheCallKeepsNobodyFromComingBack() throws Exception {
    long nearlyOver = Instant.now().minus(GateTokens.LEEWAY).getEpochSecond() + 3;
    String token =
        Jws.sign(GateFixture.claims("room", "@a:x:D").put("exp", nearlyOver), GateFixture.GATE_KEY);
    String back;
    try (Link client = dial(token, "&sdk=js")) {
      client.answer(JOINED);
      client.heard();
      back = client.heard().getRefreshToken();
      await()
          .until(
              () -> {
                GateFixture.Reply reply = gate.upgrade("/rtc?access_token=" + token);
                reply.socket().close();
                return reply.status() == 401;
              });
    }
    dial(back, "&sdk=js").close();
  }

  @Test
  void nodesNeverSeeTheMark() throws Exception {
    try (Link client = dial(tokenToComeBackWith(), "&sdk=js")) {
      Jws atNode = Jws.parse(client.call().parameter("access_token")).orElseThrow();
      assertThat(atNode.claims().fieldNames()).noneMatch(claim -> claim.startsWith("weir"));
    }
  }

  /** A client that was let in, and the node's end of its connection. */
  private record Link(Wire client, FakeNode.Call call) implements AutoCloseable {

    /** In one piece, so that what the gate adds cannot come between. */
    void answer(SignalResponse... messages) throws IOException {
      ByteArrayOutputStream frames = new ByteArrayOutputStream();
      for (SignalResponse message : messages) {
        frames.writeBytes(Wire.frame(FrameHead.BINARY, true, message.toByteArray(), false));
      }
      call.wire().raw(frames.toByteArray());
    }

    SignalResponse heard() throws IOException {
      return SignalResponse.parseFrom(client.read().payload());
    }

    @Override
    public void close() throws IOException {
      client.close();
    }
  }

  private Link dial(String token, String query) throws Exception {
    GateFixture.Reply reply = gate.upgrade("/rtc/v1?access_token=" + token + query);
    assertThat(reply.status()).isEqualTo(101);
    return new Link(new Wire(reply.socket(), true), node.call());
  }

  private String tokenToComeBackWith() throws Exception {
    try (Link client = dial(GateFixture.token("room", "@a:x:D"), "&sdk=js")) {
      client.answer(JOINED);
      client.heard();
      return client.heard().getRefreshToken();
    }
  }

  private static String joinRequest(ClientInfo.SDK sdk, boolean zipped) throws IOException {
    byte[] request =
        JoinRequest.newBuilder()
            .setClientInfo(ClientInfo.newBuilder().setSdk(sdk))
            .build()
            .toByteArray();
    WrappedJoinRequest.Builder wrapped = WrappedJoinRequest.newBuilder();
    if (zipped) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
        gzip.write(request);
      }
      wrapped
          .setCompression(WrappedJoinRequest.Compression.GZIP)
          .setJoinRequest(ByteString.copyFrom(bytes.toByteArray()));
    } else {
      wrapped.setJoinRequest(ByteString.copyFrom(request));
    }
    return Base64.getUrlEncoder().encodeToString(wrapped.build().toByteArray()).replace("=", "%3D");
  }
}
