package dev.weir.service.delegation.homeserver;

import dev.weir.session.delegation.Answer;
import dev.weir.session.delegation.JobKey;
import dev.weir.session.delegation.Step;
import dev.weir.session.delegation.Verb;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Calls to one homeserver, in the order in which they are needed: sends and cancels first, then the
 * restart whose event fires first. The number under way grows while all goes well and halves when
 * the homeserver refuses; a refusal that is meant for all of our calls stops them all until the
 * time that it names. The rate is bounded to a multiple of what the jobs need, so that ten thousand
 * jobs that become due at once, as after a restart, are spread over some seconds. Confined to one
 * thread; time is given.
 */
public final class Pacer {
  /** Calls under way at one homeserver. */
  public static final int MOST = 128;

  private static final int FIRST = 32;
  private static final double LEAST_RATE = 50;
  private static final double HEADROOM = 2;

  /** A call that waits for its turn. */
  public record Pending(JobKey key, Step.Call call) {
    private boolean restart() {
      return call.verb() == Verb.RESTART;
    }
  }

  private final PriorityQueue<Pending> waiting =
      new PriorityQueue<>(
          Comparator.comparing(Pending::restart)
              .thenComparingLong(pending -> pending.call().deadline())
              .thenComparingLong(pending -> pending.call().dueAt()));
  private double window = FIRST;
  private int underWay;
  private long holdUntil;
  private double neededPerSecond;
  private double allowance = LEAST_RATE;
  private long allowanceAt;

  public void submit(Pending pending) {
    waiting.add(pending);
  }

  /** How many calls a second the jobs need. */
  public void needs(double perSecond) {
    neededPerSecond = perSecond;
  }

  public int queued() {
    return waiting.size();
  }

  public int underWay() {
    return underWay;
  }

  /** The calls to make now. */
  public List<Pending> ready(long now) {
    List<Pending> ready = new ArrayList<>();
    refill(now);
    while (!waiting.isEmpty() && underWay < (int) window && now >= holdUntil && allowance >= 1) {
      ready.add(waiting.remove());
      underWay++;
      allowance--;
    }
    return ready;
  }

  private double rate() {
    return Math.max(LEAST_RATE, HEADROOM * neededPerSecond);
  }

  private void refill(long now) {
    double rate = rate();
    allowance = Math.min(rate / 4, allowance + (now - allowanceAt) * rate / 1_000);
    allowanceAt = now;
  }

  /** A call that was ready turned out to be of no use any more. */
  public void dropped() {
    underWay--;
    allowance++;
  }

  public void answered(Answer answer, boolean shared, long now) {
    underWay--;
    switch (answer) {
      case Answer.Done _, Answer.Forgotten _ -> window = Math.min(MOST, window + 1 / window);
      case Answer.Limited limited -> {
        if (shared) {
          window = Math.max(1, window / 2);
          holdUntil = Math.max(holdUntil, Math.max(now, limited.retryAt()));
        }
      }
      case Answer.Failed _ -> window = Math.max(4, window * 0.7);
    }
  }

  /** When {@link #ready} may have something new, without an answer in between. */
  public long wakeAt(long now) {
    if (waiting.isEmpty() || underWay >= (int) window) {
      return Long.MAX_VALUE;
    }
    long refilled = allowance >= 1 ? now : now + (long) Math.ceil((1 - allowance) * 1_000 / rate());
    return Math.max(holdUntil, Math.max(now + 1, refilled));
  }
}
