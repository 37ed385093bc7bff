package dev.weir.relay.load;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/**
 * What a person would see and hear of one stream: a frame shows once it and everything before it is
 * there; after a loss that nothing repairs, the next whole key frame goes on. Missing packets are
 * asked for as browsers do. One thread writes, others read the volatile figures.
 */
public final class PlayOut {
  private static final long MILLI = 1_000_000L;
  private static final long FIRST_ASK = 10 * MILLI;
  private static final long ASK_AGAIN = 60 * MILLI;
  private static final long GIVE_UP = 1_000 * MILLI;
  private static final long STUCK = 400 * MILLI;
  private static final long KEY_FRAME_PAUSE = 500 * MILLI;

  /** Longer than this, the sound had to be made up. */
  private static final long AUDIO_PATIENCE = 120 * MILLI;

  private static final int REMEMBERED = 30;

  private final Map<Long, Integer> flags = new HashMap<>();
  private final TreeSet<Long> keyStarts = new TreeSet<>();
  private final TreeMap<Long, Gap> gaps = new TreeMap<>();
  private final ArrayDeque<Long> intervals = new ArrayDeque<>();
  private long highest = -1;
  private long next = -1;
  private long stuckSince;
  private long lastKeyFrameRequest;
  private volatile long lastShown;
  private volatile long shown;
  private volatile long frozenNanos;
  private volatile long longestFreeze;
  private volatile long expected;
  private volatile long inTime;

  private static final class Gap {
    final long since;
    long nextAsk;

    Gap(long now) {
      since = now;
      nextAsk = now + FIRST_ASK;
    }
  }

  private static final int MARKER = 1;

  /** Notes a packet of sound: each is played by itself. */
  void sound(int sequence, long now) {
    count(sequence, now);
  }

  /** Notes a packet of a picture. */
  void picture(int sequence, boolean marker, boolean keyStart, long now) {
    long extended = count(sequence, now);
    if (extended < next) {
      return;
    }
    flags.put(extended, marker ? MARKER : 0);
    if (keyStart) {
      keyStarts.add(extended);
    }
    advance(now);
  }

  /** Notes that a packet came, and which are missing before it; its number without wrap-around. */
  private long count(int sequence, long now) {
    long extended =
        highest < 0 ? 0x10000L + sequence : highest + (short) (sequence - (int) highest);
    if (highest < 0) {
      highest = extended - 1;
    }
    for (long missing = highest + 1; missing < extended; missing++) {
      gaps.put(missing, new Gap(now));
    }
    expected += Math.max(0, extended - highest);
    highest = Math.max(highest, extended);
    Gap gap = gaps.remove(extended);
    if (gap == null || now - gap.since < AUDIO_PATIENCE) {
      inTime++;
    }
    return extended;
  }

  private void advance(long now) {
    if (next >= 0) {
      for (Integer flag = flags.remove(next); flag != null; flag = flags.remove(next)) {
        next++;
        if (flag == MARKER) {
          show(now);
        }
      }
    }
    if (next < 0 || !flags.isEmpty()) {
      skipToKeyFrame(now);
    }
    if (flags.isEmpty()) {
      stuckSince = 0;
    } else if (stuckSince == 0) {
      stuckSince = now;
    }
  }

  private void skipToKeyFrame(long now) {
    for (Long start : keyStarts.tailSet(Math.max(0, next))) {
      long at = start;
      while (flags.containsKey(at) && flags.get(at) != MARKER) {
        at++;
      }
      if (flags.containsKey(at)) {
        next = start;
        flags.keySet().removeIf(sequence -> sequence < start);
        keyStarts.headSet(start, true).clear();
        stuckSince = 0;
        advance(now);
        return;
      }
    }
  }

  private void show(long now) {
    if (lastShown != 0) {
      long interval = now - lastShown;
      if (interval > freezeLimit()) {
        frozenNanos += interval;
        longestFreeze = Math.max(longestFreeze, interval);
      }
      intervals.add(interval);
      if (intervals.size() > REMEMBERED) {
        intervals.remove();
      }
    }
    lastShown = now;
    shown++;
  }

  /** As browsers count freezes: thrice the usual, or the usual and 150 ms. */
  private long freezeLimit() {
    if (intervals.isEmpty()) {
      return Long.MAX_VALUE;
    }
    long sum = 0;
    for (long interval : intervals) {
      sum += interval;
    }
    long usual = sum / intervals.size();
    return Math.max(3 * usual, usual + 150 * MILLI);
  }

  /** Names the sequence numbers to ask for now; true if a key frame is needed. */
  boolean due(long now, LongConsumer ask) {
    gaps.values().removeIf(gap -> now - gap.since > GIVE_UP);
    gaps.forEach(
        (sequence, gap) -> {
          if (gap.nextAsk <= now) {
            gap.nextAsk = now + ASK_AGAIN;
            ask.accept(sequence & 0xffff);
          }
        });
    boolean needed =
        stuckSince != 0 && now - stuckSince > STUCK && now - lastKeyFrameRequest > KEY_FRAME_PAUSE;
    if (needed) {
      lastKeyFrameRequest = now;
    }
    return needed;
  }

  int highest() {
    return (int) (highest - 0x10000L);
  }

  /** The figures so far. */
  public Reading read() {
    return new Reading(shown, frozenNanos, lastShown, expected, inTime);
  }

  /**
   * Figures since the start.
   *
   * @param shown frames
   * @param frozenNanos time in which the picture stood
   * @param lastShown when the newest frame was shown
   * @param expected packets that were sent
   * @param inTime packets that came before they were missed
   */
  public record Reading(long shown, long frozenNanos, long lastShown, long expected, long inTime) {
    /** Share of the time since an earlier reading in which the picture stood. */
    public double freezeRatio(Reading earlier) {
      long time = lastShown - earlier.lastShown;
      return time <= 0 ? 0 : (double) (frozenNanos - earlier.frozenNanos) / time;
    }

    /** Share of the packets that did not come, or came too late to be heard. */
    public double concealment(Reading earlier) {
      long all = expected - earlier.expected;
      return all <= 0 ? 0 : 1 - (double) (inTime - earlier.inTime) / all;
    }
  }

  /** Frames that were shown. */
  public long shown() {
    return shown;
  }

  public long longestFreezeMillis() {
    return longestFreeze / MILLI;
  }
}
