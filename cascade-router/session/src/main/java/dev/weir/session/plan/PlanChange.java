package dev.weir.session.plan;

import dev.weir.session.Spot;
import java.util.List;

/**
 * The difference between two plans.
 *
 * @param put legs that are new or carry something else than before
 * @param ended sources that nothing is pulled from any more
 */
public record PlanChange(List<Leg> put, List<Spot> ended) {
  public boolean isEmpty() {
    return put.isEmpty() && ended.isEmpty();
  }
}
