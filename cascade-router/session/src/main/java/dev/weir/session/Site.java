package dev.weir.session;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** One Matrix homeserver with its SFU pools and its router, known by its server name. */
public record Site(@JsonValue String name) implements Comparable<Site> {
  @JsonCreator
  public Site {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a site has a server name");
    }
  }

  public static Site of(String name) {
    return new Site(name);
  }

  @Override
  public int compareTo(Site other) {
    return CodePoints.compare(name, other.name);
  }

  @Override
  public String toString() {
    return name;
  }
}
