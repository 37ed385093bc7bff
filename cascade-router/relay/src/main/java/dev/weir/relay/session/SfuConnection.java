package dev.weir.relay.session;

import dev.weir.relay.AddressGuard;
import dev.weir.relay.ice.Candidate;
import dev.weir.relay.ice.IceCredentials;
import dev.weir.relay.sdp.MediaSection;
import dev.weir.relay.sdp.SdpAnswer;
import dev.weir.relay.signal.SignalDialer;
import dev.weir.relay.transport.MediaTransport;
import java.net.URI;
import java.util.concurrent.ScheduledFuture;
import livekit.LivekitModels.ReconnectReason;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.MediaSectionsRequirement;
import livekit.LivekitRtc.Ping;
import livekit.LivekitRtc.SessionDescription;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.TrickleRequest;
import org.jspecify.annotations.Nullable;

/**
 * One participant's connection to a LiveKit server in single-peer-connection mode: signalling,
 * negotiation and transport, from the join to the loss. It is used once; a new join is a new
 * connection. Lives in the leg's mailbox.
 */
public final class SfuConnection {
  private static final long PING_MILLIS = 5_000;
  private static final long SILENCE_LIMIT_NANOS = 15_000_000_000L;
  private static final long JOIN_LIMIT_MILLIS = 10_000;
  private static final long UP_LIMIT_MILLIS = 12_000;
  private static final long RESUME_LIMIT_NANOS = 10_000_000_000L;
  private static final long RESUME_PAUSE_MILLIS = 300;
  private static final long RESTART_LIMIT_MILLIS = 10_000;

  private final Environment environment;
  private final AddressGuard guard;
  private final MediaPackets packets;
  private final SfuEvents events;
  private final MediaTransport transport;
  private final Offers offers;
  private SignalDialer.@Nullable Channel channel;
  private @Nullable SignalEvents current;
  private @Nullable ScheduledFuture<?> pinger;
  private @Nullable URI url;
  private String token = "";
  private String sid = "";
  private long brokenSince;
  private boolean broken;
  private boolean awaitingAnswer;
  private boolean negotiateAgain;
  private boolean joined;
  private boolean up;
  private boolean restarting;
  private boolean ended;
  private long lastHeard;

  public SfuConnection(
      Environment environment, AddressGuard guard, MediaPackets packets, SfuEvents events) {
    this.environment = environment;
    this.guard = guard;
    this.packets = packets;
    this.events = events;
    this.offers = new Offers(environment);
    this.transport =
        new MediaTransport(
            environment.loop(), environment.transport(), offers.offered(), new TransportEvents());
  }

  /** Adds a section and returns its mid; it is offered with the join or the next negotiation. */
  public int add(MediaSection section) {
    return offers.add(section);
  }

  public void replace(int mid, MediaSection section) {
    offers.replace(mid, section);
  }

  /** Joins with the sections added so far. */
  public void join(URI to, String with, JoinRequest.Builder request) {
    lastHeard = System.nanoTime();
    url = to;
    token = with;
    request.setClientInfo(environment.clientInfo());
    if (!offers.isEmpty()) {
      request.setPublisherOffer(offer());
    }
    dial(to, request);
    environment.mailbox().later(JOIN_LIMIT_MILLIS, () -> expect(joined, "no answer to the join"));
    environment.mailbox().later(UP_LIMIT_MILLIS, () -> expect(up, "no media connection"));
  }

  private void dial(URI to, JoinRequest.Builder request) {
    SignalEvents own = new SignalEvents();
    current = own;
    channel = environment.dialer().dial(to, token, request.build(), guard, own);
  }

  /** The channel is gone: while media flows it is worth the while to take the session up again. */
  private void channelClosed(String why) {
    long now = System.nanoTime();
    if (!broken) {
      broken = true;
      brokenSince = now;
    }
    if (ended || !up || sid.isEmpty() || now - brokenSince > RESUME_LIMIT_NANOS) {
      lose(new Loss.Signal(why));
      return;
    }
    environment.mailbox().later(now == brokenSince ? 0 : RESUME_PAUSE_MILLIS, this::resume);
  }

  private void resume() {
    URI to = url;
    if (ended || to == null) {
      return;
    }
    dial(
        to,
        JoinRequest.newBuilder()
            .setClientInfo(environment.clientInfo())
            .setReconnect(true)
            .setReconnectReason(ReconnectReason.RR_SIGNAL_DISCONNECTED)
            .setParticipantSid(sid));
  }

  private void resumed() {
    broken = false;
    if (awaitingAnswer) {
      awaitingAnswer = false;
      negotiateAgain = true;
    }
    events.resumed();
    if (negotiateAgain) {
      negotiate();
    }
  }

  private void expect(boolean reached, String otherwise) {
    if (!reached && !ended) {
      lose(new Loss.Signal(otherwise));
    }
  }

  /** Offers the sections as they are now, as soon as the last offer is answered. */
  public void negotiate() {
    if (ended) {
      return;
    }
    if (awaitingAnswer || !joined || broken) {
      negotiateAgain = true;
      return;
    }
    negotiateAgain = false;
    send(SignalRequest.newBuilder().setOffer(offer()).build());
  }

  private SessionDescription offer() {
    awaitingAnswer = true;
    return offers.next();
  }

  public void send(SignalRequest request) {
    SignalDialer.Channel open = channel;
    if (open != null && !ended) {
      open.send(request);
    }
  }

  /** Says goodbye and closes. */
  public void leave() {
    if (!ended) {
      send(Goodbye.MESSAGE);
      end();
    }
  }

  private void end() {
    ended = true;
    ScheduledFuture<?> pings = pinger;
    if (pings != null) {
      pings.cancel(false);
    }
    SignalDialer.Channel open = channel;
    if (open != null) {
      open.close();
    }
    environment.loop().execute(transport::close);
  }

  private void lose(Loss loss) {
    if (ended) {
      return;
    }
    end();
    events.lost(loss);
  }

  private void handle(SignalResponse message) {
    if (ended) {
      return;
    }
    lastHeard = System.nanoTime();
    if (broken && message.getMessageCase() != SignalResponse.MessageCase.LEAVE) {
      resumed();
    }
    switch (message.getMessageCase()) {
      case JOIN -> joined(message.getJoin());
      case ANSWER -> answered(message.getAnswer());
      case TRICKLE -> trickle(message.getTrickle());
      case MEDIA_SECTIONS_REQUIREMENT -> provide(message.getMediaSectionsRequirement());
      case LEAVE -> told(Loss.of(message.getLeave()));
      case REFRESH_TOKEN -> token = message.getRefreshToken();
      case PONG_RESP, PONG, RECONNECT -> {}
      default -> events.message(message);
    }
  }

  private void told(Loss loss) {
    if (loss instanceof Loss.Reconnect) {
      // Who was told to come again elsewhere may still be waited for where it was.
      send(Goodbye.MESSAGE);
    }
    lose(loss);
  }

  private void joined(JoinResponse join) {
    if (joined) {
      return;
    }
    joined = true;
    sid = join.getParticipant().getSid();
    pinger = environment.mailbox().later(PING_MILLIS, this::ping);
    events.joined(join);
    if (negotiateAgain) {
      negotiate();
    }
  }

  private void ping() {
    if (ended) {
      return;
    }
    if (!broken && System.nanoTime() - lastHeard > SILENCE_LIMIT_NANOS) {
      lose(new Loss.Signal("silence"));
      return;
    }
    send(
        SignalRequest.newBuilder()
            .setPingReq(Ping.newBuilder().setTimestamp(System.currentTimeMillis()))
            .build());
    pinger = environment.mailbox().later(PING_MILLIS, this::ping);
  }

  private void answered(SessionDescription description) {
    if (!offers.isNewest(description)) {
      return;
    }
    try {
      SdpAnswer answer = SdpAnswer.parse(description.getSdp());
      awaitingAnswer = false;
      IceCredentials offered = offers.offered();
      environment.loop().execute(() -> apply(answer, offered));
      events.answered(answer, description.getMidToTrackIdMap());
      if (negotiateAgain) {
        negotiate();
      }
    } catch (SdpAnswer.Malformed e) {
      lose(new Loss.Signal("answer: " + e.getMessage()));
    }
  }

  /** As long as signalling works, another path is looked for; tracks and keys stay as they are. */
  private void restart(String why) {
    if (!up || broken || restarting || ended) {
      lose(new Loss.Media(why));
      return;
    }
    restarting = true;
    events.interrupted();
    offers.restart();
    negotiate();
    environment
        .mailbox()
        .later(RESTART_LIMIT_MILLIS, () -> expect(!restarting, why + ", and no other path"));
  }

  private void restored() {
    restarting = false;
    if (!ended) {
      events.restored();
    }
  }

  private void apply(SdpAnswer answer, IceCredentials offered) {
    if (transport.connecting() && !offered.equals(transport.local())) {
      transport.restart(offered, answer.ice());
    }
    for (Candidate candidate : answer.candidates()) {
      transport.addCandidate(candidate, guard);
    }
    if (!transport.connecting()) {
      transport.connect(answer.ice(), answer.fingerprint(), !answer.serverIsDtlsClient());
    }
  }

  private void trickle(TrickleRequest trickle) {
    CandidateJson.candidate(trickle.getCandidateInit())
        .flatMap(Candidate::parse)
        .ifPresent(
            candidate ->
                environment.loop().execute(() -> transport.addCandidate(candidate, guard)));
  }

  private void provide(MediaSectionsRequirement wanted) {
    if (!offers.provide(wanted)) {
      events.refused("a server asked for too many media sections");
      return;
    }
    negotiate();
  }

  private final class SignalEvents implements SignalDialer.Events {
    @Override
    public void message(SignalResponse response, Runnable next) {
      environment
          .mailbox()
          .execute(
              () -> {
                try {
                  if (current == this) {
                    handle(response);
                  }
                } finally {
                  next.run();
                }
              });
    }

    @Override
    public void closed(String why) {
      environment
          .mailbox()
          .execute(
              () -> {
                if (current == this) {
                  channelClosed(why);
                }
              });
    }
  }

  private final class TransportEvents implements MediaTransport.Receiver {
    @Override
    public void rtp(byte[] bytes, int off, int len, long arrivalNanos) {
      packets.rtp(bytes, off, len, arrivalNanos);
    }

    @Override
    public void rtcp(byte[] bytes, int off, int len, long arrivalNanos) {
      packets.rtcp(bytes, off, len, arrivalNanos);
    }

    @Override
    public void up() {
      packets.up(transport);
      environment
          .mailbox()
          .execute(
              () -> {
                if (!ended) {
                  up = true;
                  events.up();
                }
              });
    }

    @Override
    public void pathLost(String why) {
      environment.mailbox().execute(() -> restart(why));
    }

    @Override
    public void recovered() {
      environment.mailbox().execute(SfuConnection.this::restored);
    }

    @Override
    public void lost(String why) {
      environment.mailbox().execute(() -> lose(new Loss.Media(why)));
    }

    @Override
    public void refused(Candidate candidate) {
      environment.mailbox().execute(() -> events.refused("a candidate at a forbidden address"));
    }
  }
}
