package dev.weir.operator.keys;

import java.util.ArrayList;
import java.util.List;

/** Reads the names out of a LiveKit key file that somebody else keeps. */
public final class KeyNames {
  private KeyNames() {}

  /** Names in the order of the file; empty when there is none. */
  public static List<String> of(String file) {
    List<String> names = new ArrayList<>();
    for (String line : file.split("\n", -1)) {
      int colon = line.indexOf(':');
      String name = colon < 0 ? "" : line.substring(0, colon).strip();
      if (!name.isEmpty() && !name.startsWith("#") && !line.substring(colon + 1).isBlank()) {
        names.add(name);
      }
    }
    return names;
  }
}
