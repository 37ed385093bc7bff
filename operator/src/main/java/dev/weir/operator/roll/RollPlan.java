package dev.weir.operator.roll;

import java.util.List;
import java.util.Map;

/**
 * What to do now.
 *
 * @param replicas what the StatefulSet has to ask for
 * @param draining the nodes that are being emptied, with the reason
 * @param pending how many nodes still have to go after those
 */
public record RollPlan(
    int replicas, List<Step> steps, Map<String, DrainReason> draining, int pending) {
  public RollPlan {
    steps = List.copyOf(steps);
    draining = Map.copyOf(draining);
  }
}
