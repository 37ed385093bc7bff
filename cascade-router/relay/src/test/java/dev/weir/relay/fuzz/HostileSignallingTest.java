package dev.weir.relay.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weir.relay.LeaseGate;
import dev.weir.relay.LegListener;
import dev.weir.relay.LegSpec;
import dev.weir.relay.LegTarget;
import dev.weir.relay.PullGrant;
import dev.weir.relay.RelaySettings;
import dev.weir.relay.dtls.DtlsIdentity;
import dev.weir.relay.loop.EventLoop;
import dev.weir.relay.session.Doorway;
import dev.weir.relay.session.Environment;
import dev.weir.relay.session.Leg;
import dev.weir.relay.session.Mailbox;
import dev.weir.relay.signal.SignalDialer;
import dev.weir.relay.transport.MediaTransport;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.SpeakerInfo;
import livekit.LivekitModels.TrackInfo;
import livekit.LivekitModels.TrackType;
import livekit.LivekitModels.VideoLayer;
import livekit.LivekitModels.VideoQuality;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.MediaSectionsRequirement;
import livekit.LivekitRtc.ParticipantUpdate;
import livekit.LivekitRtc.SessionDescription;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.SpeakersChanged;
import livekit.LivekitRtc.SubscribedCodec;
import livekit.LivekitRtc.SubscribedQuality;
import livekit.LivekitRtc.SubscribedQualityUpdate;
import livekit.LivekitRtc.TrackPublishedResponse;
import livekit.LivekitRtc.TrickleRequest;
import org.junit.jupiter.api.Test;

/** A whole leg whose servers say anything at all. */
class HostileSignallingTest {
  private static final int PER_LEG = 200;
  private static final String ALICE = "@alice:a:PHONE";

  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final List<SignalDialer.Events> dialled = new CopyOnWriteArrayList<>();

  private final SignalDialer dialer =
      (url, token, join, guard, events) -> {
        dialled.add(events);
        return new SignalDialer.Channel() {
          @Override
          public void send(livekit.LivekitRtc.SignalRequest request) {}

          @Override
          public void close() {}
        };
      };

  @Test
  void noMessageBreaksALeg() throws Exception {
    Mutations mutations = new Mutations("signalling");
    SecureRandom secure = new SecureRandom();
    try (EventLoop loop = new EventLoop("fuzz", failures::add);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor()) {
      MediaTransport.Settings transport =
          new MediaTransport.Settings(
              DtlsIdentity.create(secure, Instant.now()), secure, 64 * 1024, "fuzz");
      for (int legs = 0; legs < Mutations.INPUTS / PER_LEG; legs++) {
        dialled.clear();
        Mailbox mailbox = new Mailbox(threads, timers, failures::add);
        Leg leg =
            new Leg(
                spec(),
                new Environment(dialer, new Doorway(), mailbox, loop, transport, secure, "fuzz"),
                RelaySettings.of(address -> false, address -> false),
                LegListener.NONE,
                InstantSource.system());
        leg.start();
        for (int i = 0; i < PER_LEG; i++) {
          settle(mailbox);
          SignalDialer.Events to = dialled.get(mutations.random.nextInt(dialled.size()));
          SignalResponse message = message(mutations);
          CompletableFuture<Void> dealtWith = new CompletableFuture<>();
          to.message(message, () -> dealtWith.complete(null));
          dealtWith.get(10, TimeUnit.SECONDS);
        }
        assertThat(leg.state().members()).hasSizeLessThanOrEqualTo(2);
        leg.close();
        settle(mailbox);
        assertThat(failures).isEmpty();
      }
      timers.shutdownNow();
    }
    assertThat(failures).isEmpty();
  }

  /** The first dial comes by way of the grant, on another thread. */
  private void settle(Mailbox mailbox) throws Exception {
    do {
      CompletableFuture<Void> done = new CompletableFuture<>();
      mailbox.execute(() -> done.complete(null));
      done.get(10, TimeUnit.SECONDS);
    } while (dialled.isEmpty());
  }

  private static LegSpec spec() {
    URI url = URI.create("ws://127.0.0.1:1");
    LegTarget target =
        new LegTarget(
            "annex",
            url,
            "annex",
            Set.of(ALICE, "@bob:a:PHONE"),
            member -> "token",
            LeaseGate.open());
    return new LegSpec(
        "leg",
        1,
        () ->
            CompletableFuture.completedFuture(
                new PullGrant(url, List.of("l", "m", "h"), Instant.now().plusSeconds(600))),
        List.of(target));
  }

  private static SignalResponse message(Mutations mutations) {
    SignalResponse good = good(mutations.random);
    if (mutations.random.nextInt(3) > 0) {
      return good;
    }
    try {
      return SignalResponse.parseFrom(mutations.damaged(good.toByteArray()));
    } catch (InvalidProtocolBufferException e) {
      // The channel ends at such a message; the one that was meant does as well.
      return good;
    }
  }

  private static SignalResponse good(Random random) {
    SignalResponse.Builder message = SignalResponse.newBuilder();
    switch (random.nextInt(12)) {
      case 0 ->
          message.setJoin(
              JoinResponse.newBuilder()
                  .setParticipant(participant(random))
                  .addOtherParticipants(participant(random))
                  .addOtherParticipants(participant(random))
                  .setSifTrailer(ByteString.copyFrom(new byte[random.nextInt(2000)])));
      case 1, 2, 3 -> {
        ParticipantUpdate.Builder update = ParticipantUpdate.newBuilder();
        for (int i = random.nextInt(5); i >= 0; i--) {
          update.addParticipants(participant(random));
        }
        message.setUpdate(update);
      }
      case 4 ->
          message.setAnswer(
              SessionDescription.newBuilder()
                  .setType("answer")
                  .setId(random.nextInt(3))
                  .setSdp(random.nextBoolean() ? "" : answer(random))
                  .putMidToTrackId("" + random.nextInt(4), "TR_" + random.nextInt(6)));
      case 5 ->
          message.setTrickle(
              TrickleRequest.newBuilder()
                  .setCandidateInit(
                      "{\"candidate\":\"candidate:1 1 udp 1 10.0.0."
                          + random.nextInt(400)
                          + " "
                          + random.nextInt(70_000)
                          + " typ host\"}"));
      case 6 ->
          message.setMediaSectionsRequirement(
              MediaSectionsRequirement.newBuilder()
                  .setNumAudios(random.nextInt(10) == 0 ? random.nextInt() : random.nextInt(3))
                  .setNumVideos(random.nextInt(10) == 0 ? random.nextInt() : random.nextInt(3)));
      case 7 ->
          message.setSpeakersChanged(
              SpeakersChanged.newBuilder()
                  .addSpeakers(
                      SpeakerInfo.newBuilder()
                          .setSid("PA_" + random.nextInt(4))
                          .setActive(random.nextBoolean())
                          .setLevel(random.nextFloat() * 3 - 1)));
      case 8 ->
          message.setSubscribedQualityUpdate(
              SubscribedQualityUpdate.newBuilder()
                  .setTrackSid("TR_" + random.nextInt(6))
                  .addSubscribedCodecs(
                      SubscribedCodec.newBuilder()
                          .setCodec("vp8")
                          .addQualities(
                              SubscribedQuality.newBuilder()
                                  .setQualityValue(random.nextInt(6))
                                  .setEnabled(random.nextBoolean()))));
      case 9 ->
          message.setTrackPublished(
              TrackPublishedResponse.newBuilder()
                  .setCid("weir-TR_" + random.nextInt(6))
                  .setTrack(track(random)));
      case 10 -> message.setRefreshToken("x".repeat(random.nextInt(5000)));
      default -> {
        if (random.nextInt(20) == 0) {
          message.setLeave(
              LeaveRequest.newBuilder()
                  .setActionValue(random.nextInt(4))
                  .setReasonValue(random.nextInt(DisconnectReason.values().length)));
        } else {
          message.setPong(1);
        }
      }
    }
    return message.build();
  }

  private static String answer(Random random) {
    return "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=ice-ufrag:abcd\r\n"
        + "a=ice-pwd:0123456789012345678901\r\na=fingerprint:sha-256 "
        + "AA:".repeat(31)
        + "AA\r\na=mid:"
        + random.nextInt(4)
        + "\r\na=ssrc:"
        + random.nextInt(5)
        + " cname:x\r\na=candidate:1 1 udp 1 10.0.0.1 4000 typ host\r\n";
  }

  private static ParticipantInfo participant(Random random) {
    ParticipantInfo.Builder info =
        ParticipantInfo.newBuilder()
            .setIdentity(
                List.of(ALICE, "@bob:a:PHONE", "", "stranger" + random.nextInt())
                    .get(random.nextInt(4)))
            .setSid("PA_" + random.nextInt(4))
            .setStateValue(random.nextInt(5))
            .setVersion(random.nextInt(5))
            .setName("n".repeat(random.nextInt(50)))
            .putAllAttributes(Map.of("weir.x", "y", "", ""));
    for (int i = random.nextInt(4); i > 0; i--) {
      info.addTracks(track(random));
    }
    return info.build();
  }

  private static TrackInfo track(Random random) {
    TrackInfo.Builder track =
        TrackInfo.newBuilder()
            .setSid("TR_" + random.nextInt(6))
            .setTypeValue(random.nextInt(4))
            .setMimeType(
                List.of("video/VP8", "video/vp9", "audio/opus", "video/H264", "video/x", "")
                    .get(random.nextInt(6)))
            .setSimulcast(random.nextBoolean())
            .setMuted(random.nextBoolean())
            .setSourceValue(random.nextInt(6));
    if (track.getTypeValue() == TrackType.VIDEO.getNumber()) {
      for (int i = random.nextInt(6); i > 0; i--) {
        track.addLayers(
            VideoLayer.newBuilder()
                .setQuality(VideoQuality.forNumber(random.nextInt(4)))
                .setWidth(random.nextInt()));
      }
    }
    return track.build();
  }
}
