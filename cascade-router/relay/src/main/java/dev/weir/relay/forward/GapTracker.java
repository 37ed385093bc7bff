package dev.weir.relay.forward;

/**
 * The packets of a source stream that have not come, and when to ask for them: first after a pause
 * that forgives reordering, then once per round trip, a few times. Bounded; a jump that is larger
 * than the window is a new start, not loss.
 */
final class GapTracker {
  static final int WINDOW = 512;
  static final long REORDERING = 8_000_000L;
  static final int TRIES = 6;
  static final long GIVE_UP = 1_000_000_000L;

  /** Numbers begin one cycle up, so that packets from before the first one seen have one too. */
  private static final long FIRST_CYCLE = 0x10000L;

  private final long[] missing = new long[WINDOW];
  private final long[] nextAsk = new long[WINDOW];
  private final long[] since = new long[WINDOW];
  private final byte[] tries = new byte[WINDOW];
  private int count;
  private long highest = -1;
  private long first = -1;
  private long received;
  private long recovered;
  private long givenUp;

  /** Receives the sequence numbers to ask for, in rising order. */
  interface Asked {
    void ask(int sequence);
  }

  /** The extended number of a packet, near the highest seen. */
  long extend(int sequence) {
    return highest < 0 ? FIRST_CYCLE + sequence : highest + (short) (sequence - (int) highest);
  }

  /** Notes an arrival; true if the packet had been missing. */
  boolean arrived(long extended, long now) {
    received++;
    if (highest < 0) {
      first = extended;
      highest = extended;
      return false;
    }
    if (extended > highest) {
      if (extended - highest > WINDOW) {
        abandon();
        first += extended - highest - 1;
      } else {
        for (long gap = highest + 1; gap < extended; gap++) {
          add(gap, now);
        }
      }
      highest = extended;
      return false;
    }
    return remove(extended);
  }

  private void add(long extended, long now) {
    if (count == WINDOW) {
      removeAt(0);
      givenUp++;
    }
    missing[count] = extended;
    nextAsk[count] = now + REORDERING;
    since[count] = now;
    tries[count] = 0;
    count++;
  }

  private boolean remove(long extended) {
    for (int i = count - 1; i >= 0; i--) {
      if (missing[i] == extended) {
        if (tries[i] > 0) {
          recovered++;
        }
        removeAt(i);
        return true;
      }
    }
    return false;
  }

  private void removeAt(int i) {
    int moved = count - i - 1;
    System.arraycopy(missing, i + 1, missing, i, moved);
    System.arraycopy(nextAsk, i + 1, nextAsk, i, moved);
    System.arraycopy(since, i + 1, since, i, moved);
    System.arraycopy(tries, i + 1, tries, i, moved);
    count--;
  }

  /** What is missing now will not be asked for. */
  void abandon() {
    givenUp += count;
    count = 0;
  }

  boolean hasGaps() {
    return count > 0;
  }

  /** Names what shall be asked for now. */
  void due(long now, long roundTrip, Asked asked) {
    for (int i = 0; i < count; ) {
      if (tries[i] >= TRIES || now - since[i] > GIVE_UP) {
        removeAt(i);
        givenUp++;
        continue;
      }
      if (nextAsk[i] <= now) {
        tries[i]++;
        nextAsk[i] = now + Math.max(20_000_000L, roundTrip + roundTrip / 4);
        asked.ask((int) missing[i] & 0xffff);
      }
      i++;
    }
  }

  /** The extended highest number as receiver reports have it: cycles since the start, from zero. */
  int highestToReport() {
    return (int) (highest - FIRST_CYCLE);
  }

  long expected() {
    return highest < 0 ? 0 : highest - first + 1;
  }

  long received() {
    return received;
  }

  long recovered() {
    return recovered;
  }

  /** Packets that will not be asked for again. */
  long givenUp() {
    return givenUp;
  }
}
