package dev.weir.operator.status;

import dev.weir.crds.Condition;
import dev.weir.crds.Condition.Status;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Collects the conditions of one reconcile. A condition whose status is as before keeps its time,
 * so that an unchanged state gives an equal list.
 */
public final class Conditions {
  private final List<Condition> before;
  private final long generation;
  private final Instant now;
  private final List<Condition> collected = new ArrayList<>();

  public Conditions(List<Condition> before, long generation, Instant now) {
    this.before = List.copyOf(before);
    this.generation = generation;
    this.now = now.truncatedTo(ChronoUnit.SECONDS);
  }

  public Conditions set(String type, boolean status, String reason, String message) {
    return set(type, status ? Status.TRUE : Status.FALSE, reason, message);
  }

  public Conditions set(String type, Status status, String reason, String message) {
    String since =
        find(before, type)
            .filter(condition -> condition.status() == status)
            .map(Condition::lastTransitionTime)
            .orElse(now.toString());
    collected.removeIf(condition -> condition.type().equals(type));
    collected.add(new Condition(type, status, reason, message, generation, since));
    return this;
  }

  public boolean isTrue(String type) {
    return find(collected, type).map(Condition::status).orElse(Status.UNKNOWN) == Status.TRUE;
  }

  /** {@code Ready}: true when all the named ones are; else it tells the first that is not. */
  public Conditions summarise(String readyMessage, String... types) {
    for (String type : types) {
      Optional<Condition> condition = find(collected, type);
      if (condition.isPresent() && condition.get().status() != Status.TRUE) {
        Condition blocker = condition.get();
        return set("Ready", blocker.status(), blocker.reason(), blocker.message());
      }
    }
    return set("Ready", true, "Ready", readyMessage);
  }

  public List<Condition> list() {
    return List.copyOf(collected);
  }

  private static Optional<Condition> find(List<Condition> conditions, String type) {
    return conditions.stream().filter(condition -> condition.type().equals(type)).findFirst();
  }
}
