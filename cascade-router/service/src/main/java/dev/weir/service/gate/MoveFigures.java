package dev.weir.service.gate;

import dev.weir.session.move.MoveState;
import dev.weir.session.move.Outcome;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.function.IntSupplier;
import org.jboss.logging.Logger;

/** Moves as figures, and as one log line each. */
final class MoveFigures {

  private static final Logger LOG = Logger.getLogger("dev.weir.gate.moves");

  private final MeterRegistry registry;

  MoveFigures(MeterRegistry registry, IntSupplier waiting, IntSupplier running) {
    this.registry = registry;
    Gauge.builder("weir.gate.moves.waiting", waiting::getAsInt).register(registry);
    Gauge.builder("weir.gate.moves.running", running::getAsInt).register(registry);
  }

  void ended(MoveState state, Outcome outcome, Duration took) {
    String cause = state.cause().name().toLowerCase(Locale.ROOT);
    String how = outcome.name().toLowerCase(Locale.ROOT);
    registry.timer("weir.gate.moves", "cause", cause, "outcome", how).record(took);
    int missing = Math.max(0, state.missing());
    registry.counter("weir.gate.moves.missing", "cause", cause).increment(missing);
    LOG.infof(
        "event=room_moved site=%s room=%s from=%s to=%s cause=%s outcome=%s millis=%d missing=%d",
        state.site(),
        shortened(state.room()),
        state.from(),
        state.to(),
        cause,
        how,
        took.toMillis(),
        missing);
  }

  /** Room names are hashes already; a few letters tell them apart in a log. */
  static String shortened(String room) {
    return room.length() <= 8 ? room : room.substring(0, 8);
  }
}
