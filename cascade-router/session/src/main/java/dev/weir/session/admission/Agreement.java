package dev.weir.session.admission;

/** What a site has agreed with the site of a user. */
public sealed interface Agreement {
  /** No SfuPeer, or one that is suspended. */
  record None() implements Agreement {}

  /**
   * A peer, or another site of the same deployment.
   *
   * @param connected it can be asked now
   * @param view its viewers may be carried
   * @param guestPublish its legacy guests may be carried, and may publish here directly
   */
  record Peered(boolean connected, boolean view, boolean guestPublish) implements Agreement {}
}
