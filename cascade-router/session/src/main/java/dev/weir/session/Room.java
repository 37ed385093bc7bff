package dev.weir.session;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A LiveKit room of a slot by its purpose. The home room's focus is the site that hosts it; an
 * annex is hosted by one site for the focus of another.
 */
public record Room(Kind kind, Site focus) implements Comparable<Room> {
  /** What a room is for. */
  public enum Kind {
    HOME,
    VIEW,
    GUEST
  }

  public static Room home(Site site) {
    return new Room(Kind.HOME, site);
  }

  public static Room view(Site focus) {
    return new Room(Kind.VIEW, focus);
  }

  public static Room guest(Site focus) {
    return new Room(Kind.GUEST, focus);
  }

  @JsonCreator
  public static Room parse(String text) {
    int space = text.indexOf(' ');
    if (space < 0) {
      throw new IllegalArgumentException("not a room key");
    }
    return new Room(Kind.valueOf(text.substring(0, space)), new Site(text.substring(space + 1)));
  }

  @Override
  public int compareTo(Room other) {
    int byKind = kind.compareTo(other.kind);
    return byKind != 0 ? byKind : focus.compareTo(other.focus);
  }

  @Override
  @JsonValue
  public String toString() {
    return kind + " " + focus.name();
  }
}
