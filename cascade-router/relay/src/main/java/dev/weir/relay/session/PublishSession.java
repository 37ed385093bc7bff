package dev.weir.relay.session;

import dev.weir.relay.AddressGuard;
import dev.weir.relay.Layer;
import dev.weir.relay.LeaseGate.Lease;
import dev.weir.relay.LegState.Phase;
import dev.weir.relay.LegTarget;
import dev.weir.relay.RelayedParticipant;
import dev.weir.relay.forward.LegMeter;
import dev.weir.relay.forward.OutStream;
import dev.weir.relay.forward.PublishMedia;
import dev.weir.relay.sdp.MediaSection;
import dev.weir.relay.sdp.SdpAnswer;
import dev.weir.relay.transport.MediaTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import livekit.LivekitRtc.ConnectionSettings;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.MuteTrackRequest;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.SubscribedQuality;
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
  private final Owner owner;
  private final LegMeter meter;
  private final Backoff backoff;
  private final Map<String, TrackRelay> tracks = new LinkedHashMap<>();
  private final Map<String, PublishedTrack> published = new LinkedHashMap<>();
  private RelayedParticipant member;
  private PublishMedia media = new PublishMedia();
  private @Nullable SfuConnection connection;
  private @Nullable Lease lease;
  private Phase phase = Phase.WAITING;
  private String error = "";
  private long generation;
  private int joins;

  /** The leg, as its publish sessions see it. */
  interface Owner {
    void changed();

    /** The viewers of this target want these layers of the track. */
    void wants(String target, TrackRelay track, Set<Layer> layers);

    /** This target does not take the track any more. */
    void dropped(String target, TrackRelay track);

    void lost(String session, Loss loss, long pauseMillis);

    void replaced(String session);

    void yielded(String target, String identity, Duration after);

    void refused(String what);
  }

  PublishSession(
      LegTarget target,
      RelayedParticipant member,
      Environment environment,
      AddressGuard guard,
      Owner owner,
      LegMeter meter) {
    this.target = target;
    this.member = member;
    this.environment = environment;
    this.guard = guard;
    this.owner = owner;
    this.meter = meter;
    this.backoff = new Backoff(environment.random());
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
    return published.values();
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
    if (mine != generation) {
      if (given != null) {
        given.release();
      }
      return;
    }
    if (given == null) {
      error = failure == null ? "no lease" : "lease: " + failure.getMessage();
      environment.mailbox().later(backoff.next(), () -> retryLease(mine));
      owner.changed();
      return;
    }
    lease = given;
    connect();
  }

  private void retryLease(long mine) {
    if (mine == generation) {
      acquire();
    }
  }

  private void revoked(long leaseGeneration) {
    if (leaseGeneration > generation || lease == null || phase == Phase.CLOSED) {
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
              environment.mailbox().later(Backoff.LIMIT_MILLIS / 10, () -> retryLease(mine));
            });
  }

  private void connect() {
    become(Phase.CONNECTING);
    media = new PublishMedia();
    SfuConnection made =
        new SfuConnection(environment, guard, new Packets(media), new ConnectionEvents());
    connection = made;
    if (joins++ > 0) {
      meter.reconnected();
    }
    JoinRequest.Builder join =
        JoinRequest.newBuilder()
            .setConnectionSettings(ConnectionSettings.newBuilder().setAutoSubscribe(false));
    for (TrackRelay track : tracks.values()) {
      join.addAddTrackRequests(add(made, track).request());
    }
    if (tracks.isEmpty()) {
      made.add(new MediaSection.Inactive(false, List.of(dev.weir.relay.sdp.MediaCodec.OPUS)));
    }
    made.join(target.url(), target.tokens().mint(member), join);
  }

  private PublishedTrack add(SfuConnection to, TrackRelay track) {
    int mid = to.add(new MediaSection.Inactive(track.video(), List.of(track.shape().codec())));
    PublishedTrack copy = new PublishedTrack(track, mid, environment.random(), meter);
    to.replace(mid, copy.section());
    published.put(track.sid(), copy);
    PublishMedia into = media;
    List<OutStream> streams = copy.streams();
    environment
        .loop()
        .execute(
            () -> {
              for (int i = 0; i < streams.size(); i++) {
                streams.get(i).wanted(!track.video());
                into.add(streams.get(i));
                track.forwarders().get(i).add(streams.get(i));
              }
            });
    return copy;
  }

  private void remove(PublishedTrack copy) {
    PublishMedia from = media;
    List<OutStream> streams = copy.streams();
    environment
        .loop()
        .execute(
            () -> {
              for (int i = 0; i < streams.size(); i++) {
                copy.track().forwarders().get(i).remove(streams.get(i));
                from.remove(streams.get(i));
              }
            });
    owner.dropped(target.key(), copy.track());
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
      PublishedTrack copy = published.remove(sid);
      if (copy != null) {
        remove(copy);
        open.replace(
            copy.mid(), new MediaSection.Inactive(copy.track().video(), copy.section().codecs()));
      }
    }
    for (TrackRelay track : added) {
      publish(open, track);
    }
    if (!removed.isEmpty() || !added.isEmpty()) {
      open.negotiate();
    }
    published.values().forEach(this::followMute);
  }

  private void publish(SfuConnection open, TrackRelay track) {
    PublishedTrack copy = add(open, track);
    open.send(SignalRequest.newBuilder().setAddTrack(copy.request()).build());
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
    published.values().forEach(this::remove);
    published.clear();
  }

  private void become(Phase now) {
    if (phase != now) {
      phase = now;
      owner.changed();
    }
  }

  private void wants(SubscribedQualityUpdate update) {
    for (PublishedTrack copy : published.values()) {
      if (copy.targetSid().equals(update.getTrackSid())) {
        List<SubscribedQuality> qualities =
            update.getSubscribedCodecsList().stream()
                .flatMap(codec -> codec.getQualitiesList().stream())
                .toList();
        wants(copy, qualities.isEmpty() ? update.getSubscribedQualitiesList() : qualities);
      }
    }
  }

  private void wants(PublishedTrack copy, List<SubscribedQuality> qualities) {
    EnumSet<Layer> enabled = EnumSet.noneOf(Layer.class);
    for (SubscribedQuality quality : qualities) {
      if (quality.getEnabled()) {
        enabled.add(TrackShape.layerOf(quality.getQuality()));
      }
    }
    Set<Layer> layers = EnumSet.noneOf(Layer.class);
    TrackShape shape = copy.track().shape();
    for (Layer pull : shape.pulls()) {
      if (shape.simulcast() ? enabled.contains(pull) : !enabled.isEmpty()) {
        layers.add(pull);
      }
    }
    copy.wanted(layers);
    List<OutStream> streams = copy.streams();
    environment
        .loop()
        .execute(
            () -> {
              long now = System.nanoTime();
              for (int i = 0; i < streams.size(); i++) {
                boolean on = layers.contains(shape.pulls().get(i));
                streams.get(i).wanted(on);
                if (on) {
                  streams.get(i).keyFrameRequest(now);
                }
              }
            });
    owner.wants(target.key(), copy.track(), layers);
  }

  private void trackPublished(TrackPublishedResponse response) {
    for (PublishedTrack copy : published.values()) {
      if (copy.cid().equals(response.getCid())) {
        copy.targetSid(response.getTrack().getSid());
        copy.muted(response.getTrack().getMuted());
        followMute(copy);
      }
    }
  }

  private static final class Packets implements SfuConnection.MediaPackets {
    private final PublishMedia media;

    Packets(PublishMedia media) {
      this.media = media;
    }

    @Override
    public void rtp(byte[] bytes, int off, int len, long arrivalNanos) {
      // A publisher that may not subscribe gets none.
    }

    @Override
    public void rtcp(byte[] bytes, int off, int len, long arrivalNanos) {
      media.rtcp(bytes, off, len, arrivalNanos);
    }

    @Override
    public void up(MediaTransport transport) {
      media.attach(transport);
    }
  }

  private final class ConnectionEvents implements SfuConnection.Events {
    @Override
    public void joined(JoinResponse join) {}

    @Override
    public void resumed() {
      describe(Map.of());
      published.values().forEach(PublishSession.this::sendMute);
    }

    @Override
    public void up() {
      backoff.reset();
      error = "";
      become(Phase.UP);
      prime();
    }

    @Override
    public void answered(SdpAnswer answer, Map<String, String> midToTrack) {
      prime();
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

    @Override
    public void refused(String what) {
      owner.refused(what);
    }
  }

  /** A server announces a track to viewers only once a packet of it has come. */
  private void prime() {
    List<PublishedTrack> all = new ArrayList<>(published.values());
    environment.loop().execute(() -> all.forEach(copy -> copy.streams().getFirst().prime()));
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
