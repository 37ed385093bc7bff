package dev.weir.operator.event;

/**
 * Everything that the operator tells people. The constants are the events' reasons: do not rename
 * them.
 */
public enum EventReason {
  DRAIN_STARTED("DrainStarted", false),
  DRAIN_REFUSED("DrainRefused", true),
  DRAIN_ENDED("DrainEnded", false),
  DRAIN_DEADLINE_EXCEEDED("DrainDeadlineExceeded", true),
  NODE_STOPPED("NodeStopped", false),
  NODE_REOPENED("NodeReopened", false),
  SCALED("Scaled", false),
  KEY_ADDED("KeyAdded", false),
  KEY_PROMOTED("KeyPromoted", false),
  KEY_RETIRED("KeyRetired", false),
  CERTIFICATE_MADE("CertificateMade", false),
  APPLY_FAILED("ApplyFailed", true),
  ROUTER_REFUSED("RouterRefused", true);

  private final String word;
  private final boolean warning;

  EventReason(String word, boolean warning) {
    this.word = word;
    this.warning = warning;
  }

  public String word() {
    return word;
  }

  public boolean warning() {
    return warning;
  }
}
