package dev.weir.service.delegation;

import dev.weir.service.delegation.homeserver.Pacer;
import dev.weir.session.delegation.Answer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/**
 * The way to one homeserver of a site's users: its calls, what they need, and how they have gone
 * lately. Confined to the engine's thread, but for {@link #outlook}, which reads the last state.
 */
final class Lane {
  static final Outlook READY =
      new Outlook(Delegations.CONDITION, true, "Ready", "Delayed leaves are kept alive in time.");

  private static final long WINDOW = 300_000;
  private static final int MOST_HITS = 1_000;
  private static final long AWAY_AFTER = 20_000;

  private final String site;
  private final String homeserver;
  private final Pacer pacer = new Pacer();
  private final Deque<Long> limitHits = new ArrayDeque<>();
  private double needed;
  private int jobs;
  private long failingSince;
  private volatile Outlook outlook;

  Lane(String site, String homeserver) {
    this.site = site;
    this.homeserver = homeserver;
    this.outlook = READY;
  }

  String site() {
    return site;
  }

  String homeserver() {
    return homeserver;
  }

  /** Nothing is kept there any more, and nothing has to be told of it. */
  boolean idle() {
    return jobs == 0
        && pacer.queued() == 0
        && pacer.underWay() == 0
        && limitHits.isEmpty()
        && failingSince == 0;
  }

  Pacer pacer() {
    return pacer;
  }

  Outlook outlook() {
    return outlook;
  }

  /** A job came, went or changed its delay: the calls a second that it needs more, or less. */
  void needs(double change) {
    jobs += change > 0 ? 1 : change < 0 ? -1 : 0;
    needed = Math.max(0, needed + change);
    pacer.needs(needed);
  }

  void answered(Answer answer, boolean shared, boolean perUser, long now) {
    pacer.answered(answer, shared, now);
    switch (answer) {
      case Answer.Limited _ -> {
        failingSince = 0;
        limitHits.addLast(now);
        if (limitHits.size() > MOST_HITS) {
          limitHits.removeFirst();
        }
      }
      case Answer.Failed _ -> failingSince = failingSince == 0 ? now : failingSince;
      case Answer.Done _, Answer.Forgotten _ -> failingSince = 0;
    }
    judge(perUser, now);
  }

  /** Says anew how it goes; old hits are forgotten. */
  void judge(boolean perUser, long now) {
    while (!limitHits.isEmpty() && limitHits.peekFirst() < now - WINDOW) {
      limitHits.removeFirst();
    }
    if (failingSince > 0 && now - failingSince >= AWAY_AFTER) {
      outlook =
          new Outlook(
              Delegations.CONDITION,
              false,
              "HomeserverAway",
              "The homeserver "
                  + homeserver
                  + " has not answered any call about delayed leaves for "
                  + (now - failingSince) / 1_000
                  + " s. Members whose delay runs out meanwhile leave their calls.");
    } else if (!limitHits.isEmpty()) {
      outlook = new Outlook(Delegations.CONDITION, false, "RateLimited", limited(perUser));
    } else {
      outlook = READY;
    }
  }

  private String limited(boolean perUser) {
    if (perUser) {
      return "The homeserver "
          + homeserver
          + " refused "
          + limitHits.size()
          + " calls about delayed leaves in the last five minutes, counted per user. Set"
          + " rc_delayed_event_mgmt: {per_second: 2, burst_count: 10} in its homeserver.yaml.";
    }
    return String.format(
        Locale.ROOT,
        "The homeserver %s refused %d calls about delayed leaves in the last five minutes: it limits"
            + " them by address, and %d members need %.1f calls a second. Set"
            + " rc_delayed_event_mgmt: {per_second: %d, burst_count: %d} in its homeserver.yaml, or"
            + " give Weir an application service (appServiceSecretRef), which has a limit per user.",
        homeserver,
        limitHits.size(),
        jobs,
        needed,
        perSecond(),
        10 * perSecond());
  }

  /** Twice what is needed now, so that the next meeting fits too. */
  private long perSecond() {
    return Math.max(10, (long) Math.ceil(2 * needed));
  }
}
