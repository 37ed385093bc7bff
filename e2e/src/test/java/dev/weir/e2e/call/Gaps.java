package dev.weir.e2e.call;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** For how long people had no sound and no picture while they were watched. */
final class Gaps {

  /** The longest time in which a counter of media stood still. */
  private static final class Longest {
    private long value = -1;
    private long since = System.nanoTime();
    private long longest;

    void see(long now) {
      longest = Math.max(longest, System.nanoTime() - since);
      if (now != value) {
        value = now;
        since = System.nanoTime();
      }
    }

    double seconds() {
      return longest / 1e9;
    }
  }

  /** One person's. */
  static final class Gap {
    private final CallUser person;
    private final Longest audio = new Longest();
    private final Longest video = new Longest();

    private Gap(CallUser person) {
      this.person = person;
    }

    private void look() {
      MediaReport media = person.media();
      audio.see(sum(media, false));
      video.see(sum(media, true));
    }

    private static long sum(MediaReport media, boolean video) {
      return media.connections().stream()
          .flatMap(connection -> connection.inbound().stream())
          .filter(track -> track.isVideo() == video)
          .mapToLong(track -> video ? track.framesDecoded() : track.packetsReceived())
          .sum();
    }

    CallUser person() {
      return person;
    }

    double audio() {
      return audio.seconds();
    }

    double video() {
      return video.seconds();
    }
  }

  private final List<Gap> gaps;

  Gaps(List<CallUser> people) {
    this.gaps = people.stream().map(Gap::new).toList();
  }

  void watch(Duration time) {
    long until = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < until) {
      gaps.forEach(Gap::look);
      gaps.getFirst().person.pause(Duration.ofMillis(30));
    }
  }

  Stream<Gap> each() {
    return gaps.stream();
  }

  @Override
  public String toString() {
    return gaps.stream()
        .map(
            gap ->
                String.format(
                    Locale.ROOT,
                    "%s %.1f s without audio, %.1f s without video",
                    gap.person.name().substring(1, gap.person.name().indexOf(':')),
                    gap.audio(),
                    gap.video()))
        .collect(Collectors.joining("; "));
  }
}
