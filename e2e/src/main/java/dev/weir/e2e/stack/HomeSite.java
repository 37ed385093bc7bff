package dev.weir.e2e.stack;

/** A site as its users know it: the addresses, and the homeserver that they have accounts at. */
public interface HomeSite {
  SiteAddress address();

  Synapse synapse();

  default String name() {
    return address().name();
  }
}
