package dev.weir.relay.session;

import dev.weir.relay.AddressGuard;
import dev.weir.relay.LeaseGate.Lease;
import dev.weir.relay.LegState.Phase;
import dev.weir.relay.LegTarget;
import dev.weir.relay.RelayedParticipant;
import dev.weir.relay.forward.LegMeter;
import dev.weir.relay.sdp.SdpAnswer;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.MuteTrackRequest;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.SubscribedQualityUpdate;
import livekit.LivekitRtc.TrackPublishedResponse;
import livekit.LivekitRtc.UpdateParticipantMetadata;
import org.jspecify.annotations.Nullable;

/**
 * One member in one target room, under a lease. It publishes the tracks that it is given, follows
 * their mute state and the member's metadata, reports what viewers want, and leaves at once when
 * its lease is revoked. Lives in the leg's mailbox.
 */
final class PublishSession {
  /**
   * Between the goodbye and the release of the lease, so that the server has dealt with the
   * goodbye.
   */
  private static final long GOODBYE_MILLIS = 60;

  private final LegTarget target;
  private final Environment environment;
  private final AddressGuard guard;
  private final PublishOwner owner;
  private final LegMeter meter;
  private final Backoff backoff;
  private final Map<String, TrackRelay> tracks = new LinkedHashMap<>();
  private RelayedParticipant member;
  private PublishedTracks published;
  private @Nullable SfuConnection connection;
  private @Nullable Lease lease;
  private Phase phase = Phase.WAITING;
  private String error = "";
  private long generation;
  private long leaseAsked;
  private int joins;

  PublishSession(
      LegTarget target,
      RelayedParticipant member,
      Environment environment,
      AddressGuard guard,
      PublishOwner owner,
      LegMeter meter) {
    this.target = target;
    this.member = member;
    this.environment = environment;
    this.guard = guard;
    this.owner = owner;
    this.meter = meter;
    this.backoff = new Backoff(environment.random());
    this.published = new PublishedTracks(environment, meter);
  }

  Phase phase() {
    return phase;
  }

  String error() {
    return error;
  }

  LegTarget target() {
    return target;
  }

  String identity() {
    return member.identity();
  }

  Collection<PublishedTrack> published() {
    return published.all();
  }

  private String name() {
    return "publish-" + target.key();
  }

  /** Begins, or begins again after it was replaced. */
  void start() {
    if (phase == Phase.WAITING || phase == Phase.REPLACED) {
      acquire();
    }
  }

  private void acquire() {
    long mine = ++generation;
    leaseAsked = mine;
    become(Phase.WAITING);
    target
        .leases()
        .acquire(identity(), () -> environment.mailbox().execute(() -> revoked(mine)))
        .whenComplete(
            (answer, failure) ->
                environment.mailbox().execute(() -> leased(mine, answer, failure)));
  }

  private void leased(long mine, @Nullable Optional<Lease> answer, @Nullable Throwable failure) {
    Lease given = answer == null ? null : answer.orElse(null);
    if (mine != generation || leaseAsked != mine) {
      if (given != null) {
        given.release();
      }
      if (mine == generation) {
        environment.mailbox().later(backoff.next(), () -> again(mine));
      }
      return;
    }
    if (given == null) {
      error = failure == null ? "no lease" : "lease: " + failure.getMessage();
      environment.mailbox().later(backoff.next(), () -> again(mine));
      owner.changed();
      return;
    }
    lease = given;
    connect();
  }

  private void revoked(long asked) {
    if (asked != leaseAsked || phase == Phase.CLOSED) {
      return;
    }
    if (lease == null) {
      // Faster than its own grant: the grant is given back when it comes.
      leaseAsked = 0;
      return;
    }
    long began = System.nanoTime();
    disconnect();
    become(Phase.WAITING);
    error = "the lease was revoked";
    long mine = ++generation;
    Lease held = lease;
    lease = null;
    environment
        .mailbox()
        .later(
            GOODBYE_MILLIS,
            () -> {
              held.release();
              owner.yielded(target.key(), identity(), Duration.ofNanos(System.nanoTime() - began));
              environment.mailbox().later(Backoff.LIMIT_MILLIS / 10, () -> again(mine));
            });
  }

  private void connect() {
    become(Phase.CONNECTING);
    long mine = generation;
    environment
        .doorway()
        .enter(this, target.url(), () -> environment.mailbox().execute(() -> join(mine)));
  }

  private void join(long mine) {
    if (mine != generation) {
      return;
    }
    String token;
    try {
      token = target.tokens().mint(member);
    } catch (RuntimeException e) {
      lost(new Loss.Signal("no token: " + e.getMessage()));
      return;
    }
    published = new PublishedTracks(environment, meter);
    SfuConnection made = new SfuConnection(environment, guard, published, new ConnectionEvents());
    connection = made;
    if (joins++ > 0) {
      meter.reconnected();
    }
    made.join(target.url(), token, published.join(made, tracks.values()));
  }

  /** The tracks that shall be published, and what the member looks like now. */
  void update(RelayedParticipant now, Collection<TrackRelay> wanted) {
    if (!now.equals(member)) {
      Map<String, String> before = member.attributes();
      member = now;
      describe(before);
    }
    Map<String, TrackRelay> bySid = new LinkedHashMap<>();
    wanted.forEach(track -> bySid.put(track.sid(), track));
    List<TrackRelay> added =
        bySid.values().stream().filter(track -> !tracks.containsKey(track.sid())).toList();
    List<String> removed = tracks.keySet().stream().filter(sid -> !bySid.containsKey(sid)).toList();
    tracks.clear();
    tracks.putAll(bySid);
    SfuConnection open = connection;
    if (open == null) {
      return;
    }
    for (String sid : removed) {
      PublishedTrack copy = published.remove(sid, open);
      if (copy != null) {
        owner.dropped(target.key(), copy.track());
      }
    }
    for (TrackRelay track : added) {
      open.send(
          SignalRequest.newBuilder().setAddTrack(published.add(open, track).request()).build());
    }
    if (!removed.isEmpty() || !added.isEmpty()) {
      open.negotiate();
    }
    published.all().forEach(this::followMute);
  }

  /** Tells the target what the member looks like, and which attributes it had and has no more. */
  private void describe(Map<String, String> before) {
    Map<String, String> attributes = new LinkedHashMap<>();
    // An empty value takes an attribute away.
    before.keySet().forEach(key -> attributes.put(key, ""));
    attributes.putAll(member.attributes());
    send(
        SignalRequest.newBuilder()
            .setUpdateMetadata(
                UpdateParticipantMetadata.newBuilder()
                    .setName(member.name())
                    .setMetadata(member.metadata())
                    .putAllAttributes(attributes))
            .build());
  }

  private void followMute(PublishedTrack copy) {
    boolean muted = copy.track().info().getMuted();
    if (muted != copy.muted() && !copy.targetSid().isEmpty()) {
      copy.muted(muted);
      sendMute(copy);
    }
  }

  private void sendMute(PublishedTrack copy) {
    if (!copy.targetSid().isEmpty()) {
      send(
          SignalRequest.newBuilder()
              .setMute(
                  MuteTrackRequest.newBuilder().setSid(copy.targetSid()).setMuted(copy.muted()))
              .build());
    }
  }

  private void send(SignalRequest request) {
    SfuConnection open = connection;
    if (open != null) {
      open.send(request);
    }
  }

  /** Leaves the room and gives the lease back. */
  void close() {
    if (phase == Phase.CLOSED) {
      return;
    }
    generation++;
    boolean wasThere = connection != null;
    disconnect();
    become(Phase.CLOSED);
    Lease held = lease;
    lease = null;
    if (held != null) {
      if (wasThere) {
        environment.mailbox().later(GOODBYE_MILLIS, held::release);
      } else {
        held.release();
      }
    }
  }

  private void disconnect() {
    SfuConnection open = connection;
    if (open != null) {
      open.leave();
    }
    forget();
  }

  private void forget() {
    connection = null;
    published.clear().forEach(copy -> owner.dropped(target.key(), copy.track()));
  }

  private void become(Phase now) {
    if (phase != now) {
      if (phase == Phase.CONNECTING) {
        environment.doorway().leave(this);
      }
      phase = now;
      owner.changed();
    }
  }

  private void wants(SubscribedQualityUpdate update) {
    published
        .want(update)
        .ifPresent(copy -> owner.wants(target.key(), copy.track(), copy.wanted()));
  }

  private void trackPublished(TrackPublishedResponse response) {
    published
        .byCid(response.getCid())
        .ifPresent(
            copy -> {
              copy.targetSid(response.getTrack().getSid());
              copy.muted(response.getTrack().getMuted());
              followMute(copy);
            });
  }

  private final class ConnectionEvents implements SfuEvents {
    @Override
    public void joined(JoinResponse join) {}

    @Override
    public void resumed() {
      describe(Map.of());
      published.all().forEach(PublishSession.this::sendMute);
    }

    @Override
    public void up() {
      backoff.reset();
      error = "";
      become(Phase.UP);
      published.prime();
    }

    @Override
    public void answered(SdpAnswer answer, Map<String, String> midToTrack) {
      published.answered(answer);
    }

    @Override
    public void message(SignalResponse message) {
      switch (message.getMessageCase()) {
        case TRACK_PUBLISHED -> trackPublished(message.getTrackPublished());
        case SUBSCRIBED_QUALITY_UPDATE -> wants(message.getSubscribedQualityUpdate());
        default -> {}
      }
    }

    @Override
    public void lost(Loss loss) {
      PublishSession.this.lost(loss);
    }

    @Override
    public void refused(String what) {
      owner.refused(what);
    }
  }

  private void lost(Loss loss) {
    forget();
    error = loss.words();
    long mine = ++generation;
    if (loss instanceof Loss.Duplicate || loss instanceof Loss.Removed) {
      Lease held = lease;
      lease = null;
      if (held != null) {
        held.release();
      }
    }
    if (loss instanceof Loss.Duplicate) {
      become(Phase.REPLACED);
      owner.replaced(name());
      return;
    }
    long pause = loss instanceof Loss.Reconnect && phase == Phase.UP ? 0 : backoff.next();
    become(Phase.BACKING_OFF);
    owner.lost(name(), loss, pause);
    environment.mailbox().later(pause, () -> again(mine));
  }

  private void again(long mine) {
    if (mine != generation) {
      return;
    }
    if (lease == null) {
      acquire();
    } else {
      connect();
    }
  }
}
