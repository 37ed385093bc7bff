package dev.weir.session;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** One client of one user: the key under which all of its requests and attachments meet. */
public record Client(String user, String device) implements Comparable<Client> {

  /** User ids hold no space, so the first one ends the user id. */
  @JsonCreator
  public static Client parse(String text) {
    int space = text.indexOf(' ');
    if (space < 0) {
      throw new IllegalArgumentException("not a client key");
    }
    return new Client(text.substring(0, space), text.substring(space + 1));
  }

  @Override
  public int compareTo(Client other) {
    int byUser = CodePoints.compare(user, other.user);
    return byUser != 0 ? byUser : CodePoints.compare(device, other.device);
  }

  @Override
  @JsonValue
  public String toString() {
    return user + " " + device;
  }
}
