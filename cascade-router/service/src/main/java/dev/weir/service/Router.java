package dev.weir.service;

import dev.weir.service.config.Preflight;
import dev.weir.service.config.RouterSettings;
import dev.weir.service.slots.EarlyStart;
import io.quarkus.arc.Arc;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.List;
import java.util.Map;
import sun.misc.Signal;

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
    EarlyStart.begin(RouterSettings.of(env));
    stopsKindly("TERM", 143);
    stopsKindly("INT", 130);
    if (Boolean.getBoolean(Rehearsal.PROPERTY)) {
      Quarkus.run(Rehearsal.class, arguments);
    } else {
      Quarkus.run(arguments);
    }
  }

  /** The framework closes its port first, and only then says that it stops. */
  private static void stopsKindly(String signal, int exitCode) {
    Signal.handle(
        new Signal(signal),
        received ->
            Thread.ofPlatform()
                .name("weir-farewell")
                .start(
                    () -> {
                      try {
                        var container = Arc.container();
                        if (container != null && container.isRunning()) {
                          container.beanManager().getEvent().fire(new Farewell());
                        }
                      } finally {
                        System.exit(exitCode);
                      }
                    }));
  }
}
