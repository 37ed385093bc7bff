package dev.weir.relay.session;

import dev.weir.relay.Layer;
import java.time.Duration;
import java.util.Set;

/** The leg, as its publish sessions see it. */
interface PublishOwner {
  void changed();

  /** The viewers of this target want these layers of the track. */
  void wants(String target, TrackRelay track, Set<Layer> layers);

  /** This target does not take the track any more. */
  void dropped(String target, TrackRelay track);

  void lost(String session, Loss loss, long pauseMillis);

  void replaced(String session);

  void yielded(String target, String identity, Duration after);

  void refused(String what);
}
