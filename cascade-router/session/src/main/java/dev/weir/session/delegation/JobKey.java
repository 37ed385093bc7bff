package dev.weir.session.delegation;

/** One client of one user in one slot of a site: at most one live delayed event belongs to it. */
public record JobKey(String site, String roomId, String slotId, String user, String device) {
  /** The server that keeps the user's delayed events. */
  public String homeserver() {
    return user.substring(user.indexOf(':') + 1);
  }
}
