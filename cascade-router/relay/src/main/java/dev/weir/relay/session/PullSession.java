package dev.weir.relay.session;

import dev.weir.relay.AddressGuard;
import dev.weir.relay.Layer;
import dev.weir.relay.LegState;
import dev.weir.relay.LegState.Phase;
import dev.weir.relay.PullGrant;
import dev.weir.relay.forward.LayerForwarder;
import dev.weir.relay.forward.LegMeter;
import dev.weir.relay.forward.PullMedia;
import dev.weir.relay.ice.IceAgent;
import dev.weir.relay.sdp.MediaSection;
import dev.weir.relay.sdp.SdpAnswer;
import dev.weir.relay.transport.MediaTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import livekit.LivekitRtc.ConnectionSettings;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.UpdateSubscription;
import livekit.LivekitRtc.UpdateTrackSettings;
import org.jspecify.annotations.Nullable;

/**
 * The hidden subscriber that pulls one quality. It subscribes to what it is told, asks for nothing
 * else, and joins again when it is lost. Lives in the leg's mailbox.
 */
final class PullSession {
  private static final Duration UNNOTICED = Duration.ofNanos(IceAgent.CONSENT_LIMIT);

  private final Layer layer;
  private final Environment environment;
  private final AddressGuard guard;
  private final GrantKeeper grants;
  private final Owner owner;
  private final LegMeter meter;
  private final PullMedia media;
  private final Backoff backoff;
  private final Map<String, Wish> wishes = new HashMap<>();
  private @Nullable SfuConnection connection;
  private @Nullable SdpAnswer answer;
  private Map<String, String> midToTrack = Map.of();
  private Phase phase = Phase.WAITING;
  private String error = "";
  private Duration silence = Duration.ZERO;
  private int joins;
  private long generation;

  /** What shall be subscribed, and whether its packets are wanted now. */
  record Wish(boolean enabled) {}

  /** The leg, as its pulls see it. */
  interface Owner {
    void joined(Layer layer, JoinResponse join);

    void message(Layer layer, SignalResponse message);

    void changed();

    void lost(Layer layer, Loss loss, long pauseMillis);

    void replaced(Layer layer);

    void refused(String what);

    /** The forwarder for a track of this pull, if it is relayed. */
    @Nullable LayerForwarder forwarder(Layer layer, String trackSid);
  }

  PullSession(
      Layer layer,
      Environment environment,
      AddressGuard guard,
      GrantKeeper grants,
      Owner owner,
      LegMeter meter,
      PullMedia media) {
    this.layer = layer;
    this.environment = environment;
    this.guard = guard;
    this.grants = grants;
    this.owner = owner;
    this.meter = meter;
    this.media = media;
    this.backoff = new Backoff(environment.random());
  }

  Phase phase() {
    return phase;
  }

  LegState.SessionState state() {
    return new LegState.SessionState("pull-" + layer, phase, Math.max(0, joins - 1), error);
  }

  /** For how long nothing had come already, when it was noticed that nothing comes. */
  static Duration silence(Collection<PullSession> pulls) {
    return pulls.stream()
        .map(pull -> pull.silence)
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  void start() {
    if (phase == Phase.WAITING || phase == Phase.BACKING_OFF || phase == Phase.REPLACED) {
      join();
    }
  }

  private void join() {
    become(Phase.CONNECTING);
    long mine = ++generation;
    grants
        .current()
        .whenComplete(
            (grant, failure) ->
                environment
                    .mailbox()
                    .execute(
                        () -> {
                          if (mine != generation) {
                            return;
                          }
                          if (failure != null) {
                            retry(new Loss.Signal("no grant: " + words(failure)));
                          } else {
                            connect(grant);
                          }
                        }));
  }

  private static String words(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  private void connect(PullGrant grant) {
    SfuConnection made =
        new SfuConnection(environment, guard, new Packets(), new ConnectionEvents(grant));
    connection = made;
    if (joins++ > 0) {
      meter.reconnected();
    }
    made.add(new MediaSection.Receiving(layer != Layer.HIGH));
    made.join(
        grant.url(),
        grant.token(layer),
        JoinRequest.newBuilder()
            .setConnectionSettings(
                ConnectionSettings.newBuilder()
                    .setAutoSubscribe(false)
                    .setAdaptiveStream(false)
                    .setSubscriberAllowPause(false)));
  }

  /** Replaces what is subscribed. */
  void want(Map<String, Wish> now) {
    List<String> added = new ArrayList<>();
    List<String> removed = new ArrayList<>();
    List<String> changed = new ArrayList<>();
    now.forEach(
        (sid, wish) -> {
          Wish before = wishes.get(sid);
          if (before == null) {
            added.add(sid);
          } else if (!before.equals(wish)) {
            changed.add(sid);
          }
        });
    wishes.keySet().stream().filter(sid -> !now.containsKey(sid)).forEach(removed::add);
    wishes.clear();
    wishes.putAll(now);
    if (phase == Phase.UP || phase == Phase.CONNECTING) {
      // Settings first: a subscription that starts out disabled never sends a packet.
      settings(added);
      subscribe(added, true);
      subscribe(removed, false);
      settings(changed);
      rebind();
    }
  }

  private void subscribe(List<String> sids, boolean wanted) {
    SfuConnection open = connection;
    if (open != null && !sids.isEmpty()) {
      open.send(
          SignalRequest.newBuilder()
              .setSubscription(
                  UpdateSubscription.newBuilder().addAllTrackSids(sids).setSubscribe(wanted))
              .build());
    }
  }

  private void settings(List<String> sids) {
    SfuConnection open = connection;
    if (open == null) {
      return;
    }
    for (String sid : sids) {
      Wish wish = wishes.get(sid);
      LayerForwarder forwarder = owner.forwarder(layer, sid);
      if (wish != null && forwarder != null && forwarder.video()) {
        open.send(
            SignalRequest.newBuilder()
                .setTrackSetting(
                    UpdateTrackSettings.newBuilder()
                        .addTrackSids(sid)
                        .setDisabled(!wish.enabled())
                        .setQuality(TrackShape.qualityOf(layer)))
                .build());
      }
    }
  }

  /** Says which SSRC of the newest answer feeds which forwarder. */
  private void rebind() {
    SdpAnswer newest = answer;
    if (newest == null) {
      return;
    }
    List<PullMedia.Binding> bindings = new ArrayList<>();
    for (SdpAnswer.Section section : newest.sections()) {
      String sid = midToTrack.get(section.mid());
      LayerForwarder forwarder = sid == null ? null : owner.forwarder(layer, sid);
      if (forwarder != null && section.serverSends()) {
        int ssrc = section.ssrcs().isEmpty() ? 0 : section.ssrcs().getFirst();
        Wish wish = wishes.get(sid);
        boolean wanted = wish != null && wish.enabled();
        bindings.add(new PullMedia.Binding(section.mid(), ssrc, forwarder, wanted));
      }
    }
    environment.loop().execute(() -> media.bind(bindings));
  }

  /** Ends this connection and joins again at once, with what the source says now. */
  void rejoin() {
    drop();
    join();
  }

  void close() {
    generation++;
    drop();
    become(Phase.CLOSED);
    environment.loop().execute(media::close);
  }

  private void drop() {
    SfuConnection open = connection;
    connection = null;
    answer = null;
    midToTrack = Map.of();
    if (open != null) {
      open.leave();
    }
    environment.loop().execute(media::detach);
  }

  private void retry(Loss loss) {
    generation++;
    long mine = generation;
    connection = null;
    answer = null;
    midToTrack = Map.of();
    environment.loop().execute(media::detach);
    error = loss.words();
    if (loss instanceof Loss.Media) {
      silence = UNNOTICED;
    }
    if (loss instanceof Loss.Duplicate) {
      become(Phase.REPLACED);
      owner.replaced(layer);
      return;
    }
    long pause = loss instanceof Loss.Reconnect && phase == Phase.UP ? 0 : backoff.next();
    become(Phase.BACKING_OFF);
    owner.lost(layer, loss, pause);
    environment
        .mailbox()
        .later(
            pause,
            () -> {
              if (mine == generation) {
                join();
              }
            });
  }

  private void become(Phase now) {
    if (phase != now) {
      phase = now;
      owner.changed();
    }
  }

  private final class Packets implements MediaPackets {
    private boolean current;

    @Override
    public void rtp(byte[] bytes, int off, int len, long arrivalNanos) {
      if (current) {
        media.rtp(bytes, off, len, arrivalNanos);
      }
    }

    @Override
    public void rtcp(byte[] bytes, int off, int len, long arrivalNanos) {
      if (current) {
        media.rtcp(bytes, off, len, arrivalNanos);
      }
    }

    @Override
    public void up(MediaTransport transport) {
      current = true;
      media.attach(transport);
    }
  }

  private final class ConnectionEvents implements SfuEvents {
    private final PullGrant grant;

    ConnectionEvents(PullGrant grant) {
      this.grant = grant;
    }

    @Override
    public void joined(JoinResponse join) {
      byte[] trailer = join.getSifTrailer().toByteArray();
      environment.loop().execute(() -> media.sif().trailer(trailer));
      resumed();
      owner.joined(layer, join);
    }

    @Override
    public void resumed() {
      List<String> all = List.copyOf(wishes.keySet());
      settings(all);
      subscribe(all, true);
    }

    @Override
    public void up() {
      backoff.reset();
      restored();
    }

    @Override
    public void interrupted() {
      silence = UNNOTICED;
      error = "no media";
      become(Phase.CONNECTING);
    }

    @Override
    public void restored() {
      silence = Duration.ZERO;
      error = "";
      become(Phase.UP);
    }

    @Override
    public void answered(SdpAnswer newest, Map<String, String> tracks) {
      answer = newest;
      midToTrack = Map.copyOf(tracks);
      rebind();
    }

    @Override
    public void message(SignalResponse message) {
      owner.message(layer, message);
    }

    @Override
    public void lost(Loss loss) {
      if (!(loss instanceof Loss.Reconnect)) {
        grants.failed(grant);
      }
      retry(loss);
    }

    @Override
    public void refused(String what) {
      owner.refused(what);
    }
  }
}
