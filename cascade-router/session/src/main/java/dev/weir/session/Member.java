package dev.weir.session;

/**
 * A member of a slot as its client names itself. Legacy requests bring no member id, the newest
 * ones no device id; what is missing is empty. The oldest requests bring neither: all that one user
 * makes without a device are then one client.
 */
public record Member(String user, String device, String memberId) {
  public Member {
    if (!user.startsWith("@") || user.indexOf(':') < 2) {
      throw new IllegalArgumentException("not a Matrix user id");
    }
  }

  public static Member legacy(String user, String device) {
    return new Member(user, device, "");
  }

  /** The server name in the user id. */
  public String server() {
    return user.substring(user.indexOf(':') + 1);
  }

  /** What its requests have in common, whichever endpoint they used. */
  public Client client() {
    if (!device.isEmpty()) {
      return new Client(user, device);
    }
    // Clients that still write legacy membership events use "user:device" as their member id.
    String prefix = user + ":";
    return memberId.startsWith(prefix) && memberId.length() > prefix.length()
        ? new Client(user, memberId.substring(prefix.length()))
        : new Client(user, memberId);
  }
}
