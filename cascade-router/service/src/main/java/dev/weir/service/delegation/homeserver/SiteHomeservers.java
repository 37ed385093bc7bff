package dev.weir.service.delegation.homeserver;

import dev.weir.service.delegation.HomeserverCalls;
import dev.weir.session.delegation.Answer;
import dev.weir.session.delegation.Verb;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * The homeservers of our sites' users, as the configuration of the moment knows them. A site may be
 * the home of several servers' users: each event lives at the homeserver of its own user.
 */
public final class SiteHomeservers implements HomeserverCalls {
  private final BiFunction<String, String, Optional<Target>> targets;
  private final ClientApis apis;
  private final DelayedEvents events;

  /**
   * @param targets by site and server name
   */
  public SiteHomeservers(
      BiFunction<String, String, Optional<Target>> targets, ClientApis apis, DelayedEvents events) {
    this.targets = targets;
    this.apis = apis;
    this.events = events;
  }

  @Override
  public void call(
      String site,
      String user,
      String delayId,
      Verb verb,
      long timeoutMillis,
      Consumer<Outcome> then) {
    Optional<Target> target = targets.apply(site, user.substring(user.indexOf(':') + 1));
    if (target.isEmpty()) {
      // The site was taken out of the configuration while its jobs live: it may come back.
      then.accept(new Outcome(new Answer.Failed(), false));
      return;
    }
    events.call(target.get(), user, delayId, verb, timeoutMillis, then);
  }

  @Override
  public boolean reachable(String site, String homeserver) {
    return targets.apply(site, homeserver).flatMap(apis::find).isPresent();
  }

  @Override
  public boolean perUser(String site, String homeserver) {
    return targets
        .apply(site, homeserver)
        .filter(target -> target.asToken().isPresent())
        .filter(events::tokenWorks)
        .isPresent();
  }
}
