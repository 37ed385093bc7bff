package dev.weir.service.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a process of this program does for its deployment; one may do all of it. */
public enum ProcessRole {
  /** Answers clients, partners and the operator, and keeps delegated leaves. */
  ROUTER,
  /** Carries the clients' signalling. */
  GATE,
  /** Carries media between rooms. */
  RELAY;

  /** All roles of a process that was not told otherwise. */
  static final String DEFAULT = "router,gate,relay";

  static Set<ProcessRole> parse(String text) {
    Set<ProcessRole> roles = EnumSet.noneOf(ProcessRole.class);
    List<String> problems = new ArrayList<>();
    for (String word : text.split("[,\\s]+")) {
      if (!word.isEmpty()) {
        Arrays.stream(values())
            .filter(role -> role.word().equals(word))
            .findFirst()
            .ifPresentOrElse(
                roles::add,
                () ->
                    problems.add(
                        "WEIR_ROLES lists '" + word + "'; there are router, gate and relay"));
      }
    }
    if (roles.isEmpty() && problems.isEmpty()) {
      problems.add("WEIR_ROLES is empty; there are router, gate and relay");
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return roles;
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
