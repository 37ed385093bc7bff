package dev.weir.relay.forward;

import dev.weir.relay.loop.EventLoop;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Watches what the three pulls of a leg receive over their common link, and says how many layers it
 * carries. On the loop.
 */
public final class LinkWatch {
  /** Said to a source that was told to slow down, when it need not any more. */
  private static final long UNLIMITED = 100_000_000L;

  /** Of what arrives over a full link, so much is asked for. */
  private static final double SHARE = 0.85;

  private final EventLoop loop;
  private final List<PullMedia> pulls;
  private final IntConsumer layers;
  private final LinkGuard guard = new LinkGuard();
  private final long[] sent;
  private long maxBitrate;
  private boolean slowed;
  private boolean closed;

  /**
   * @param layers told (on the loop) how many layers may be pulled, whenever that changes
   */
  public LinkWatch(EventLoop loop, List<PullMedia> pulls, IntConsumer layers) {
    this.loop = loop;
    this.pulls = List.copyOf(pulls);
    this.sent = new long[pulls.size()];
    this.layers = layers;
    loop.execute(this::sample);
  }

  /** What may arrive at most; 0 = no limit. */
  public void limit(long bitsPerSecond) {
    maxBitrate = bitsPerSecond;
  }

  private void sample() {
    if (closed) {
      return;
    }
    long received = 0;
    long expected = 0;
    long packets = 0;
    long delay = Long.MAX_VALUE;
    for (int i = 0; i < pulls.size(); i++) {
      PullMedia.Sample sample = pulls.get(i).sample();
      sent[i] = sample.bytesSent();
      received += sample.bytes();
      expected += sample.expected();
      packets += sample.packets();
      if (sample.standingDelay() != StandingDelay.UNKNOWN) {
        delay = Math.min(delay, sample.standingDelay());
      }
    }
    double loss = expected <= 0 ? 0 : Math.max(0, (double) (expected - packets) / expected);
    long bitrate = received * 8 * 1_000_000_000L / LinkGuard.INTERVAL;
    boolean overBudget = maxBitrate > 0 && bitrate > maxBitrate;
    long standing = delay == Long.MAX_VALUE ? 0 : delay;
    long room = maxBitrate > 0 ? Math.min(bitrate, maxBitrate) : bitrate;
    if (guard.sample(System.nanoTime(), loss, standing, overBudget, () -> fitting(room))) {
      layers.accept(guard.layers());
    }
    feedBack(bitrate);
    loop.schedule(LinkGuard.INTERVAL, this::sample);
  }

  /** How many layers, from the lowest on, fit into so many bits a second. */
  private int fitting(long room) {
    int layers = 0;
    long sum = 0;
    for (long bytes : sent) {
      sum += bytes * 8 * 1_000_000_000L / LinkGuard.INTERVAL;
      if (sum > SHARE * room) {
        break;
      }
      layers++;
    }
    // Nothing fits when the link is as good as dead just now: what is tried then is the least.
    return Math.max(1, layers);
  }

  /** With one layer left the source can still thin that one out: it learns what arrives. */
  private void feedBack(long bitrate) {
    if (guard.congested() && guard.layers() <= 1) {
      slowed = true;
      pulls.forEach(pull -> pull.remb((long) (SHARE * bitrate)));
    } else if (slowed && guard.layers() > 1) {
      slowed = false;
      pulls.forEach(pull -> pull.remb(UNLIMITED));
    }
  }

  public void close() {
    closed = true;
  }
}
