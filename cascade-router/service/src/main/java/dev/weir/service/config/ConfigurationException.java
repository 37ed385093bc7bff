package dev.weir.service.config;

import java.util.List;

/** The configuration cannot be used; all problems at once, in the admin's words. */
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final List<String> problems;

  public ConfigurationException(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  public List<String> problems() {
    return problems;
  }
}
