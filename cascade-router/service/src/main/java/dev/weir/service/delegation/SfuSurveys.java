package dev.weir.service.delegation;

import dev.weir.session.delegation.Survey;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Asks every serving node of a site who is in some rooms. */
@FunctionalInterface
public interface SfuSurveys {
  /** Never blocks, and never fails: what cannot be had is an unanswered part of the survey. */
  CompletionStage<Survey> ask(String site, Set<String> livekitRooms, long now);
}
