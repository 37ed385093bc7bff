package dev.weir.e2e.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What to start: a name for people, the command, and what it adds to our environment. */
public record Program(
    String name, List<String> command, Map<String, String> environment, Path folder) {
  public Program {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }

  public Program(String name, Path folder, String... command) {
    this(name, List.of(command), Map.of(), folder);
  }
}
