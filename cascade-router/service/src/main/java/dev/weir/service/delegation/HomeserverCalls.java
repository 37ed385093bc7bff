package dev.weir.service.delegation;

import dev.weir.session.delegation.Answer;
import dev.weir.session.delegation.Verb;
import java.util.function.Consumer;

/** Calls to the homeservers of our sites. */
public interface HomeserverCalls {
  /**
   * How a call ended.
   *
   * @param shared the limit that was hit, if any, is for all our calls to this homeserver
   */
  record Outcome(Answer answer, boolean shared) {}

  /** Never blocks; the consumer is called once, on any thread. */
  void call(
      String site,
      String user,
      String delayId,
      Verb verb,
      long timeoutMillis,
      Consumer<Outcome> then);

  /** Whether a homeserver of the site's users can be called at all. May block for a look-up. */
  boolean reachable(String site, String homeserver);

  /** Whether the homeserver counts our calls per user, not per address. */
  boolean perUser(String site, String homeserver);
}
