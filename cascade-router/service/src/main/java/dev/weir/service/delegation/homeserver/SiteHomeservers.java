package dev.weir.service.delegation.homeserver;

import dev.weir.service.delegation.HomeserverCalls;
import dev.weir.session.delegation.Answer;
import dev.weir.session.delegation.Verb;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** The homeservers of our sites, as the configuration of the moment knows them. */
public final class SiteHomeservers implements HomeserverCalls {
  private final Function<String, Optional<Target>> targets;
  private final ClientApis apis;
  private final DelayedEvents events;

  public SiteHomeservers(
      Function<String, Optional<Target>> targets, ClientApis apis, DelayedEvents events) {
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
    Optional<Target> target = targets.apply(site);
    if (target.isEmpty()) {
      // The site was taken out of the configuration while its jobs live: it may come back.
      then.accept(new Outcome(new Answer.Failed(), false));
      return;
    }
    events.call(target.get(), user, delayId, verb, timeoutMillis, then);
  }

  @Override
  public boolean reachable(String site) {
    return targets.apply(site).flatMap(apis::find).isPresent();
  }

  @Override
  public boolean perUser(String site) {
    return targets
        .apply(site)
        .filter(target -> target.asToken().isPresent())
        .filter(events::tokenWorks)
        .isPresent();
  }
}
