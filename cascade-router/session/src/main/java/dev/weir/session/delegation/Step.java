package dev.weir.session.delegation;

import java.util.Optional;

/** A job after an event, and the one call that it may ask for. */
public record Step(Job job, Optional<Call> call) {

  /**
   * A call to the homeserver.
   *
   * @param dueAt when it should be made
   * @param deadline after this time it is of no use
   */
  public record Call(Verb verb, String delayId, long dueAt, long deadline) {}

  static Step quiet(Job job) {
    return new Step(job, Optional.empty());
  }
}
