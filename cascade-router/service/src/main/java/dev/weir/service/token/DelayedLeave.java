package dev.weir.service.token;

import java.time.Duration;

/** A delayed leave event that a client hands over. */
public record DelayedLeave(String delayId, Duration delay) {
  @Override
  public String toString() {
    return "DelayedLeave[" + delay + "]";
  }
}
