package dev.weir.e2e.call;

/** The published builds that tests use; the versions are in e2e/versions.env. */
public enum ElementCall {
  /** Today's: each member publishes at its own focus, `multi_sfu`. */
  CURRENT("element-call", false),
  /** Knows `multi_sfu`, but all publish at the focus of the oldest member. */
  OLDEST_MEMBERSHIP("element-call-oldest", true),
  /** All publish at the focus of the oldest member, which its configuration names. */
  LEGACY("element-call-legacy", true);

  private final String folder;
  private final boolean focusFromConfiguration;

  ElementCall(String folder, boolean focusFromConfiguration) {
    this.folder = folder;
    this.focusFromConfiguration = focusFromConfiguration;
  }

  String folder() {
    return folder;
  }

  boolean focusFromConfiguration() {
    return focusFromConfiguration;
  }
}
