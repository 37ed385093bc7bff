package dev.weir.relay.session;

import dev.weir.relay.Layer;
import dev.weir.relay.LegEvent;
import dev.weir.relay.forward.LayerForwarder;
import dev.weir.relay.forward.LegMeter;
import dev.weir.relay.forward.SourceClock;
import dev.weir.relay.loop.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import livekit.LivekitModels.TrackInfo;
import org.jspecify.annotations.Nullable;

/** One track of a source member: its newest description, its forwarders, and who wants it. */
final class TrackRelay {
  private final String identity;
  private final TrackShape shape;
  private final Demand demand;
  private final EventLoop loop;
  private final Map<Layer, LayerForwarder> byPull = new EnumMap<>(Layer.class);
  private final List<LayerForwarder> forwarders = new ArrayList<>();
  private TrackInfo info;

  TrackRelay(
      String identity,
      TrackInfo info,
      TrackShape shape,
      long holdNanos,
      EventLoop loop,
      LegMeter meter,
      Consumer<LegEvent> events) {
    this.identity = identity;
    this.info = info;
    this.shape = shape;
    this.loop = loop;
    this.demand = new Demand(holdNanos);
    long seenAt = System.nanoTime();
    boolean video = shape.codec().video();
    boolean[] first = {true};
    Runnable onFirst =
        () -> {
          // All layers run on one loop, so one flag is enough.
          if (first[0]) {
            first[0] = false;
            events.accept(
                new LegEvent.FirstPacket(
                    identity, video, Duration.ofNanos(System.nanoTime() - seenAt)));
          }
        };
    SourceClock clock = new SourceClock();
    for (Layer pull : shape.pulls()) {
      LayerForwarder forwarder = new LayerForwarder(pull.ordinal(), video, meter, clock, onFirst);
      byPull.put(pull, forwarder);
      forwarders.add(forwarder);
    }
  }

  String sid() {
    return info.getSid();
  }

  String identity() {
    return identity;
  }

  TrackInfo info() {
    return info;
  }

  void info(TrackInfo newest) {
    info = newest;
  }

  TrackShape shape() {
    return shape;
  }

  Demand demand() {
    return demand;
  }

  boolean video() {
    return shape.codec().video();
  }

  /** The forwarder that a pull feeds, if that pull carries the track. */
  @Nullable LayerForwarder forwarder(Layer pull) {
    return byPull.get(pull);
  }

  /** One for each layer, lowest first. */
  List<LayerForwarder> forwarders() {
    return forwarders;
  }

  void level(int level) {
    loop.execute(() -> forwarders.forEach(forwarder -> forwarder.level(level)));
  }
}
