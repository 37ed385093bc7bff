package dev.weir.relay;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Totals of a leg since it was opened.
 *
 * @param in what arrived over the link, by layer (LOW first; audio counts as HIGH)
 * @param out what was sent into target rooms, by layer
 * @param lost packets of the source that never came
 * @param sifDropped server-injected frames that were taken out
 * @param transit how long packets were inside this process
 */
public record LegCounters(
    List<Flow> in,
    List<Flow> out,
    long lost,
    long recovered,
    long nacksToSource,
    long nacksAnswered,
    long nacksMissed,
    long plisToSource,
    long plisHeldBack,
    long sifDropped,
    long reconnects,
    Transit transit) {

  /** A count of packets and of their bytes on the wire, without UDP and IP. */
  public record Flow(long packets, long bytes) {}

  /**
   * Histogram of the time between a packet's arrival and its departure.
   *
   * @param upperBoundsNanos rising; the last bucket has no bound
   * @param counts one more than there are bounds
   */
  public record Transit(List<Long> upperBoundsNanos, List<Long> counts) {
    /** The bounds of every leg: 1, 2, 4 .. 2^20 microseconds. */
    public static final List<Long> BOUNDS_NANOS =
        IntStream.rangeClosed(0, 20).mapToObj(i -> 1000L << i).toList();

    public static final Transit EMPTY = new Transit(List.of(), List.of(0L));
  }
}
