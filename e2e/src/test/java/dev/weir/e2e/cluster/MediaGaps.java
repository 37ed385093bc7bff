package dev.weir.e2e.cluster;

import dev.weir.e2e.call.CallUser;
import dev.weir.e2e.call.MediaReport;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToLongFunction;

/** How long one person got no media at a stretch, and whether their client had to connect anew. */
final class MediaGaps {
  private static final long FLOWS_WITHIN_NANOS = 1_500_000_000L;

  private final CallUser person;
  private final Flow audio = new Flow();
  private final Flow video = new Flow();
  private final int connectionsBefore;
  private int connections;

  MediaGaps(CallUser person) {
    this.person = person;
    MediaReport media = person.media();
    connectionsBefore = media.connections().size();
    look(media);
  }

  CallUser person() {
    return person;
  }

  void look() {
    look(person.media());
  }

  private void look(MediaReport media) {
    connections = media.connections().size();
    audio.see(counters(media, false, MediaReport.Inbound::packetsReceived));
    video.see(counters(media, true, MediaReport.Inbound::framesDecoded));
  }

  private static Map<String, Long> counters(
      MediaReport media, boolean video, ToLongFunction<MediaReport.Inbound> counter) {
    Map<String, Long> counters = new HashMap<>();
    int index = 0;
    for (MediaReport.Connection connection : media.connections()) {
      for (MediaReport.Inbound inbound : connection.inbound()) {
        if (inbound.isVideo() == video) {
          counters.merge(index + "/" + inbound.track(), counter.applyAsLong(inbound), Long::sum);
        }
      }
      index++;
    }
    return counters;
  }

  /** Both kinds came in just now. */
  boolean flows() {
    return audio.sinceLast() < FLOWS_WITHIN_NANOS && video.sinceLast() < FLOWS_WITHIN_NANOS;
  }

  double secondsWithoutAudio() {
    return audio.longest / 1e9;
  }

  double secondsWithoutVideo() {
    return video.longest / 1e9;
  }

  boolean reconnected() {
    return connections > connectionsBefore;
  }

  /** Media flows when any counter has grown; counters of closed connections vanish. */
  private static final class Flow {
    private Map<String, Long> last = Map.of();
    private long at = System.nanoTime();
    private long longest;

    void see(Map<String, Long> now) {
      longest = Math.max(longest, sinceLast());
      boolean grown =
          now.entrySet().stream()
              .anyMatch(entry -> entry.getValue() > last.getOrDefault(entry.getKey(), 0L));
      if (grown) {
        at = System.nanoTime();
      }
      last = now;
    }

    long sinceLast() {
      return System.nanoTime() - at;
    }
  }
}
