package dev.weir.relay.session;

import dev.weir.relay.Layer;
import dev.weir.relay.LegEvent;
import dev.weir.relay.LegListener;
import dev.weir.relay.LegSpec;
import dev.weir.relay.LegState;
import dev.weir.relay.LegState.Phase;
import dev.weir.relay.LegTarget;
import dev.weir.relay.RelaySettings;
import dev.weir.relay.forward.LayerForwarder;
import dev.weir.relay.forward.LegMeter;
import dev.weir.relay.forward.LinkWatch;
import dev.weir.relay.forward.PullMedia;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.stream.Collectors;
import livekit.LivekitModels.SpeakerInfo;
import livekit.LivekitModels.TrackInfo;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.SignalResponse;
import org.jspecify.annotations.Nullable;

/**
 * One leg. Whatever happens, {@link #reconcile} compares what the spec wants with what the source
 * room shows, and opens, updates or closes publish sessions and subscriptions until both agree.
 * Everything but {@link #state} runs in the leg's mailbox.
 */
public final class Leg {
  private final Environment environment;
  private final RelaySettings settings;
  private final LegListener listener;
  private final InstantSource clock;
  private final LegMeter meter = new LegMeter();
  private final GrantKeeper grants;
  private final Roster roster;
  private final Map<Layer, PullSession> pulls = new EnumMap<>(Layer.class);
  private final SourceTracks tracks = new SourceTracks(this::relay);
  private final Map<SessionKey, PublishSession> sessions = new LinkedHashMap<>();
  private final Refusals refusals = new Refusals(this::refused);
  private final LegReport report;
  private final LinkWatch link;
  private int layersOfLink = Layer.COUNT;
  private LegSpec spec;
  private Instant since;
  private Phase phase = Phase.WAITING;
  private @Nullable ScheduledFuture<?> wakeUp;
  private boolean closed;

  private record SessionKey(String target, String identity) {}

  public Leg(
      LegSpec spec,
      Environment environment,
      RelaySettings settings,
      LegListener listener,
      InstantSource clock) {
    this.spec = spec;
    this.roster = new Roster(identity -> this.spec.identities().contains(identity));
    this.environment = environment;
    this.settings = settings;
    this.listener = listener;
    this.clock = clock;
    this.since = clock.instant();
    this.grants = new GrantKeeper(clock, spec.source());
    this.report = new LegReport(meter);
    Pulls owner = new Pulls();
    List<PullMedia> allMedia = new ArrayList<>();
    for (Layer layer : Layer.values()) {
      int reporter = environment.random().nextInt(1, Integer.MAX_VALUE);
      PullMedia media = new PullMedia(environment.loop(), reporter, meter);
      allMedia.add(media);
      pulls.put(
          layer,
          new PullSession(layer, environment, settings.sourceGuard(), grants, owner, meter, media));
    }
    this.link =
        new LinkWatch(
            environment.loop(),
            allMedia,
            layers -> environment.mailbox().execute(() -> linkCarries(layers)));
    limitLink();
  }

  private void limitLink() {
    long limit = spec.limits().maxBitrateBps();
    environment.loop().execute(() -> link.limit(limit));
  }

  private void linkCarries(int layers) {
    if (layers != layersOfLink) {
      listener.event(spec.id(), new LegEvent.LinkCarries(layers));
      layersOfLink = layers;
      reconcile();
    }
  }

  /** Begins. */
  public void start() {
    environment.mailbox().execute(() -> pulls.values().forEach(PullSession::start));
  }

  /** Makes the leg as the spec says. */
  public void update(LegSpec now) {
    environment
        .mailbox()
        .execute(
            () -> {
              if (closed) {
                return;
              }
              boolean fenceRose = now.fence() > spec.fence();
              spec = now;
              grants.source(now.source());
              limitLink();
              if (fenceRose) {
                pulls.values().stream()
                    .filter(pull -> pull.phase() == Phase.REPLACED)
                    .forEach(PullSession::start);
                sessions.values().stream()
                    .filter(session -> session.phase() == Phase.REPLACED)
                    .forEach(PublishSession::start);
              }
              reconcile();
            });
  }

  /** Leaves all rooms; the mailbox takes nothing more after the goodbyes. */
  public void close() {
    environment
        .mailbox()
        .execute(
            () -> {
              closed = true;
              sessions.values().forEach(PublishSession::close);
              pulls.values().forEach(PullSession::close);
              environment.loop().execute(link::close);
              changed();
              environment.mailbox().later(2_000, () -> environment.mailbox().close());
            });
  }

  /** How the leg is; from any thread. */
  public LegState state() {
    return report.read();
  }

  private void reconcile() {
    if (closed) {
      return;
    }
    long now = System.nanoTime();
    long rosterWait = roster.expire(now);
    tracks.follow(relayed(), roster, spec.limits(), refusals::refuse);
    followMembers();
    long demandWait = subscribe(now);
    wakeUpIn(rosterWait, demandWait);
    changed();
  }

  private void wakeUpIn(long first, long second) {
    ScheduledFuture<?> before = wakeUp;
    if (before != null) {
      before.cancel(false);
    }
    long wait = first < 0 ? second : second < 0 ? first : Math.min(first, second);
    wakeUp = wait < 0 ? null : environment.mailbox().later(wait / 1_000_000 + 1, this::reconcile);
  }

  private List<String> relayed() {
    Set<String> wanted = spec.identities();
    List<String> present = roster.identities().stream().filter(wanted::contains).sorted().toList();
    if (present.size() > spec.limits().members()) {
      refusals.refuse("more members than the limit of " + spec.limits().members());
      // Those that are relayed already stay; the rest wait.
      Set<String> before =
          sessions.keySet().stream().map(SessionKey::identity).collect(Collectors.toSet());
      return present.stream()
          .sorted(Comparator.comparing(identity -> !before.contains(identity)))
          .limit(spec.limits().members())
          .toList();
    }
    return present;
  }

  private void refused(String what) {
    listener.event(spec.id(), new LegEvent.Refused(what));
  }

  private TrackRelay relay(String identity, TrackInfo info, TrackShape shape) {
    return new TrackRelay(
        identity,
        info,
        shape,
        settings.demandHold().toNanos(),
        environment.loop(),
        meter,
        event -> environment.mailbox().execute(() -> listener.event(spec.id(), event)));
  }

  private void followMembers() {
    Set<String> present = Set.copyOf(relayed());
    Map<SessionKey, LegTarget> wanted = new LinkedHashMap<>();
    for (LegTarget target : spec.targets()) {
      for (String identity : target.identities()) {
        if (present.contains(identity)) {
          wanted.put(new SessionKey(target.key(), identity), target);
        }
      }
    }
    sessions
        .entrySet()
        .removeIf(
            entry -> {
              LegTarget target = wanted.get(entry.getKey());
              boolean stays = target != null && isSamePlace(target, entry.getValue().target());
              if (!stays) {
                entry.getValue().close();
              }
              return !stays;
            });
    wanted.forEach(this::follow);
  }

  private static boolean isSamePlace(LegTarget a, LegTarget b) {
    return a.url().equals(b.url()) && a.room().equals(b.room());
  }

  private void follow(SessionKey key, LegTarget target) {
    Roster.Present present = roster.get(key.identity());
    if (present == null) {
      return;
    }
    List<TrackRelay> own = tracks.of(key.identity());
    PublishSession session = sessions.get(key);
    if (session == null) {
      session =
          new PublishSession(
              target,
              present.participant(),
              environment,
              settings.targetGuard(),
              new Publishers(),
              meter);
      sessions.put(key, session);
      session.update(present.participant(), own);
      session.start();
    } else {
      session.update(present.participant(), own);
    }
  }

  /** Tells each pull what to subscribe; returns how long that holds. */
  private long subscribe(long now) {
    SourceTracks.Wishes wishes = tracks.wishes(layersOfLink, now);
    pulls.forEach((layer, pull) -> pull.want(wishes.byPull().getOrDefault(layer, Map.of())));
    return wishes.holdsNanos();
  }

  private void changed() {
    if (phaseNow() != phase) {
      boolean lost = phase == Phase.UP;
      phase = phaseNow();
      since = clock.instant().minus(lost ? PullSession.silence(pulls.values()) : Duration.ZERO);
    }
    report.write(spec, phase, since, pulls.values(), sessions.values());
    listener.changed(report.read());
  }

  private Phase phaseNow() {
    if (closed) {
      return Phase.CLOSED;
    }
    List<Phase> phases = pulls.values().stream().map(PullSession::phase).toList();
    for (Phase worst : List.of(Phase.REPLACED, Phase.BACKING_OFF, Phase.CONNECTING)) {
      if (phases.contains(worst)) {
        return worst;
      }
    }
    return phases.contains(Phase.WAITING) ? Phase.WAITING : Phase.UP;
  }

  private void speakers(List<SpeakerInfo> speakers) {
    for (SpeakerInfo speaker : speakers) {
      Roster.Present present = roster.bySid(speaker.getSid());
      if (present == null) {
        continue;
      }
      int level = AudioLevels.of(speaker);
      String identity = present.participant().identity();
      tracks.of(identity).stream()
          .filter(track -> !track.video())
          .forEach(track -> track.level(level));
    }
  }

  private final class Pulls implements PullSession.Owner {
    @Override
    public void joined(Layer layer, JoinResponse join) {
      if (layer == Layer.HIGH) {
        roster.joined(join.getOtherParticipantsList(), System.nanoTime());
        reconcile();
      }
    }

    @Override
    public void message(Layer layer, SignalResponse message) {
      if (layer != Layer.HIGH) {
        return;
      }
      switch (message.getMessageCase()) {
        case UPDATE -> {
          long now = System.nanoTime();
          message.getUpdate().getParticipantsList().forEach(info -> roster.update(info, now));
          reconcile();
        }
        case SPEAKERS_CHANGED -> speakers(message.getSpeakersChanged().getSpeakersList());
        default -> {}
      }
    }

    @Override
    public void changed() {
      Leg.this.changed();
    }

    @Override
    public void lost(Layer layer, Loss loss, long pauseMillis) {
      listener.event(
          spec.id(),
          new LegEvent.SessionLost("pull-" + layer, loss.words(), Duration.ofMillis(pauseMillis)));
    }

    @Override
    public void replaced(Layer layer) {
      listener.event(spec.id(), new LegEvent.Replaced("pull-" + layer));
    }

    @Override
    public void refused(String what) {
      refusals.refuse(what);
    }

    @Override
    public @Nullable LayerForwarder forwarder(Layer layer, String trackSid) {
      TrackRelay track = tracks.get(trackSid);
      return track == null ? null : track.forwarder(layer);
    }
  }

  private final class Publishers implements PublishOwner {
    @Override
    public void changed() {
      Leg.this.changed();
    }

    @Override
    public void wants(String target, TrackRelay track, Set<Layer> layers) {
      track.demand().want(target, layers, System.nanoTime());
      reconcile();
    }

    @Override
    public void dropped(String target, TrackRelay track) {
      track.demand().forget(target, System.nanoTime());
    }

    @Override
    public void lost(String session, Loss loss, long pauseMillis) {
      listener.event(
          spec.id(),
          new LegEvent.SessionLost(session, loss.words(), Duration.ofMillis(pauseMillis)));
    }

    @Override
    public void replaced(String session) {
      listener.event(spec.id(), new LegEvent.Replaced(session));
    }

    @Override
    public void yielded(String target, String identity, Duration after) {
      listener.event(spec.id(), new LegEvent.Yielded(target, identity, after));
    }

    @Override
    public void refused(String what) {
      refusals.refuse(what);
    }
  }
}
