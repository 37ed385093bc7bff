package dev.weir.operator.status;

import dev.weir.crds.Condition.Status;
import dev.weir.operator.router.RouterClient.Applied;
import dev.weir.operator.router.RouterClient.Aspect;

/** What the routers say of an object, as its conditions; the same for every kind. */
public final class RouterConditions {
  private RouterConditions() {}

  /** {@code Programmed}: true when every ready replica works with this generation. */
  public static void programmed(Conditions conditions, Applied applied) {
    switch (applied) {
      case Applied.NobodyAnswers(String why) ->
          conditions.set(
              "Programmed", Status.UNKNOWN, "RouterUnreachable", why + "; calls that run go on");
      case Applied.Pending(String replica) ->
          conditions.set(
              "Programmed",
              false,
              "Pending",
              "Router replica " + replica + " does not work with this generation yet.");
      case Applied.Problem(String what) ->
          conditions.set("Programmed", false, "RouterRefused", what);
      case Applied.Everywhere ignored ->
          conditions.set(
              "Programmed",
              true,
              "Programmed",
              "Every ready router replica works with this generation.");
    }
  }

  /** A condition that the router reports itself. */
  public static void reported(Conditions conditions, Aspect aspect) {
    Status status =
        aspect.status() == null ? Status.UNKNOWN : aspect.status() ? Status.TRUE : Status.FALSE;
    conditions.set(
        aspect.type(),
        status,
        aspect.reason().isEmpty() ? "Reported" : aspect.reason(),
        aspect.message());
  }
}
