package dev.weir.relay.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.relay.AddressGuard;
import dev.weir.relay.signal.SignalDialer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whether a session was thrown out by somebody else or by an earlier try of its own. */
class LateJoinsTest {
  private static final URI NODE = URI.create("ws://127.0.0.1:7880");
  private static final AddressGuard ANY = address -> true;
  private static final JoinRequest FRESH = JoinRequest.getDefaultInstance();
  private static final JoinRequest RESUME = JoinRequest.newBuilder().setReconnect(true).build();

  private long now;
  private SignalDialer.@Nullable Events server;
  private final LateJoins dialer =
      new LateJoins(
          (url, token, join, guard, events) -> {
            server = events;
            return new Silent();
          },
          () -> now);

  @Test
  void anEarlierTryThatWasNeverAnsweredMayComeLate() {
    join("room", "alice").channel.close();
    Line second = join("room", "alice");
    second.says(joined());
    second.says(thrownOut());
    assertThat(second.heard).containsExactly("JOIN", "RECONNECT STATE_MISMATCH");
  }

  @Test
  void itMayComeBeforeTheSecondOneIsAnswered() {
    join("room", "alice").channel.close();
    assertThat(toldWhenThrownOut(join("room", "alice"))).isEqualTo("RECONNECT STATE_MISMATCH");
  }

  @Test
  void aResumedSessionIsThrownOutByItAsWell() {
    join("room", "alice").channel.close();
    Line resumed = dial(RESUME, NODE, "room", "alice");
    assertThat(toldWhenThrownOut(resumed)).isEqualTo("RECONNECT STATE_MISMATCH");
  }

  @Test
  void eachTryComesLateOnceOnly() {
    join("room", "alice").channel.close();
    join("room", "alice").channel.close();
    assertThat(toldWhenThrownOut(join("room", "alice"))).startsWith("RECONNECT");
    assertThat(toldWhenThrownOut(join("room", "alice"))).startsWith("RECONNECT");
    assertThat(toldWhenThrownOut(join("room", "alice"))).isEqualTo("DISCONNECT DUPLICATE_IDENTITY");
  }

  @Test
  void whoIsThrownOutWithoutOneHasLostThePlaceToSomebodyElse() {
    Line answered = join("room", "alice");
    answered.says(joined());
    answered.channel.close();
    Line broken = join("room", "alice");
    broken.breaks();
    broken.channel.close();
    dial(RESUME, NODE, "room", "alice").channel.close();
    assertThat(toldWhenThrownOut(join("room", "alice"))).isEqualTo("DISCONNECT DUPLICATE_IDENTITY");
  }

  @Test
  void aTryElsewhereIsNobodysGhost() {
    join("other", "alice").channel.close();
    join("room", "bob").channel.close();
    dial(FRESH, URI.create("ws://127.0.0.1:7881"), "room", "alice").channel.close();
    assertThat(toldWhenThrownOut(join("room", "alice"))).isEqualTo("DISCONNECT DUPLICATE_IDENTITY");
  }

  @Test
  void afterAWhileNothingIsUnderWayAnyMore() {
    join("room", "alice").channel.close();
    now += LateJoins.LATE_AT_MOST_NANOS + 1;
    assertThat(toldWhenThrownOut(join("room", "alice"))).isEqualTo("DISCONNECT DUPLICATE_IDENTITY");
  }

  @Test
  void tokensThatCannotBeReadAreNotMixedUp() {
    for (String token : List.of("opaque", "a.?.c", "a.e30.c")) {
      new Line(FRESH, NODE, token).channel.close();
      assertThat(toldWhenThrownOut(new Line(FRESH, NODE, token)))
          .isEqualTo("DISCONNECT DUPLICATE_IDENTITY");
    }
  }

  private static String toldWhenThrownOut(Line line) {
    line.says(thrownOut());
    return line.heard.getLast();
  }

  private Line join(String room, String identity) {
    return dial(FRESH, NODE, room, identity);
  }

  private Line dial(JoinRequest request, URI node, String room, String identity) {
    String claims =
        "{\"sub\":\"%s\",\"video\":{\"roomJoin\":true,\"room\":\"%s\"},\"iat\":%d}"
            .formatted(identity, room, now++);
    String token =
        "head."
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(claims.getBytes(StandardCharsets.UTF_8))
            + ".seal";
    return new Line(request, node, token);
  }

  private static SignalResponse joined() {
    return SignalResponse.newBuilder().setJoin(JoinResponse.getDefaultInstance()).build();
  }

  private static SignalResponse thrownOut() {
    return SignalResponse.newBuilder()
        .setLeave(
            LeaveRequest.newBuilder()
                .setAction(LeaveRequest.Action.DISCONNECT)
                .setReason(DisconnectReason.DUPLICATE_IDENTITY))
        .build();
  }

  private static final class Silent implements SignalDialer.Channel {
    @Override
    public void send(SignalRequest request) {}

    @Override
    public void close() {}
  }

  /** One channel, with the server's end of it. */
  private final class Line implements SignalDialer.Events {
    private final List<String> heard = new ArrayList<>();
    private final SignalDialer.Channel channel;
    private final SignalDialer.Events end;

    Line(JoinRequest request, URI node, String token) {
      channel = dialer.dial(node, token, request, ANY, this);
      end = Objects.requireNonNull(server);
    }

    void says(SignalResponse response) {
      end.message(response, () -> {});
    }

    void breaks() {
      end.closed("refused with HTTP 503");
    }

    @Override
    public void message(SignalResponse response, Runnable next) {
      LeaveRequest leave = response.getLeave();
      heard.add(
          response.hasLeave()
              ? leave.getAction() + " " + leave.getReason()
              : response.getMessageCase().name());
    }

    @Override
    public void closed(String why) {
      heard.add(why);
    }
  }
}
