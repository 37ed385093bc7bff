package dev.weir.relay.session;

import dev.weir.relay.Layer;
import dev.weir.relay.LegSpec;
import dev.weir.relay.LegState;
import dev.weir.relay.LegState.Phase;
import dev.weir.relay.forward.LayerForwarder;
import dev.weir.relay.forward.LegMeter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/**
 * The newest state of a leg: written in its mailbox at each change, completed with figures when it
 * is read.
 */
final class LegReport {
  private static final long FLOWING = 1_000_000_000L;

  private final LegMeter meter;
  private volatile Supplier<LegState> newest;

  LegReport(LegMeter meter) {
    this.meter = meter;
    this.newest =
        () ->
            new LegState(
                "", 0, Phase.WAITING, Instant.EPOCH, List.of(), List.of(), meter.read(), "");
  }

  void write(
      LegSpec spec,
      Phase phase,
      Instant since,
      Collection<PullSession> pulls,
      Collection<PublishSession> sessions) {
    List<LegState.SessionState> pullStates = pulls.stream().map(PullSession::state).toList();
    List<Supplier<LegState.MemberState>> members = new ArrayList<>();
    sessions.forEach(session -> members.add(member(session)));
    String error =
        pullStates.stream()
            .map(LegState.SessionState::error)
            .filter(text -> !text.isEmpty())
            .findFirst()
            .orElse("");
    newest =
        () ->
            new LegState(
                spec.id(),
                spec.fence(),
                phase,
                since,
                pullStates,
                members.stream().map(Supplier::get).toList(),
                meter.read(),
                error);
  }

  private static Supplier<LegState.MemberState> member(PublishSession session) {
    String target = session.target().key();
    String identity = session.identity();
    Phase phase = session.phase();
    String error = session.error();
    List<Supplier<LegState.TrackState>> tracks =
        session.published().stream().map(LegReport::track).toList();
    return () ->
        new LegState.MemberState(
            target, identity, phase, tracks.stream().map(Supplier::get).toList(), error);
  }

  private static Supplier<LegState.TrackState> track(PublishedTrack copy) {
    TrackRelay relay = copy.track();
    String targetSid = copy.targetSid();
    boolean muted = copy.muted();
    List<Layer> wanted = relay.video() ? List.copyOf(copy.wanted()) : List.of(Layer.HIGH);
    return () ->
        new LegState.TrackState(
            relay.sid(),
            targetSid,
            relay.shape().codec().shortName(),
            relay.video(),
            muted,
            wanted,
            flowing(relay));
  }

  private static List<Layer> flowing(TrackRelay relay) {
    long since = System.nanoTime() - FLOWING;
    List<Layer> flowing = new ArrayList<>();
    List<LayerForwarder> forwarders = relay.forwarders();
    for (int i = 0; i < forwarders.size(); i++) {
      if (forwarders.get(i).receivedSince(since)) {
        flowing.add(relay.shape().pulls().get(i));
      }
    }
    return flowing;
  }

  LegState read() {
    return newest.get();
  }
}
