package dev.weir.session;

/** As what a client is attached. */
public enum Role {
  /** In the home room of its own site: publishes and subscribes. */
  OWN,
  /** In the view annex of a foreign focus at its own site: subscribes. */
  VIEW,
  /** In the guest annex of a foreign focus at its own site, as legacy clients: publishes too. */
  GUEST,
  /** In a foreign focus' home room because its own site cannot carry it now. */
  DIRECT,
  /** In a foreign focus' home room without any agreement between the sites. */
  RESTRICTED;

  /** Whether the user's own site hosts the attachment, and so is the writer of its record. */
  public boolean atHome() {
    return this == OWN || this == VIEW || this == GUEST;
  }

  /** Whether a publisher can be natively attached in this role. */
  public boolean canBeSource() {
    return this != VIEW;
  }
}
