package dev.weir.service;

import dev.weir.service.config.Preflight;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.List;
import java.util.Map;

/** The process: refuses a configuration that contradicts itself before anything is started. */
@QuarkusMain
public final class Router {
  private Router() {}

  public static void main(String... arguments) {
    Map<String, String> env = System.getenv();
    List<String> problems = Preflight.problems(env);
    if (!problems.isEmpty()) {
      problems.forEach(problem -> System.err.println("weir: " + problem));
      System.exit(1);
    }
    Preflight.frameworkSettings(env).forEach(System::setProperty);
    Quarkus.run(arguments);
  }
}
