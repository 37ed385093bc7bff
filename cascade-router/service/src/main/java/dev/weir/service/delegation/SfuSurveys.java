package dev.weir.service.delegation;

import dev.weir.session.delegation.Survey;
import dev.weir.session.delegation.Survey.NodeAnswer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Asks every serving node of a site who is in some rooms. */
@FunctionalInterface
public interface SfuSurveys {
  /** Never blocks, and never fails: what cannot be had is an unanswered part of the survey. */
  CompletionStage<Survey> ask(String site, Set<String> livekitRooms, long now);

  /**
   * A survey whose times are those of SFUs, in the jobs' time, which no jump of the wall clock
   * touches.
   *
   * @param askedAt in the jobs' time
   */
  static Survey inJobTime(Survey survey, long askedAt, TimeLine time) {
    Map<String, Map<String, NodeAnswer>> rooms = new HashMap<>();
    survey
        .rooms()
        .forEach(
            (room, nodes) -> {
              Map<String, NodeAnswer> answers = new HashMap<>();
              nodes.forEach((node, answer) -> answers.put(node, inJobTime(answer, time)));
              rooms.put(room, answers);
            });
    return new Survey(askedAt, rooms);
  }

  private static NodeAnswer inJobTime(NodeAnswer answer, TimeLine time) {
    return switch (answer) {
      case NodeAnswer.Listed(var participants, long createdAt) ->
          new NodeAnswer.Listed(inJobTime(participants, time), past(createdAt, time));
      case NodeAnswer.JustStarted(var participants) ->
          new NodeAnswer.JustStarted(inJobTime(participants, time));
      case NodeAnswer.NoRoom nobody -> nobody;
      case NodeAnswer.Unanswered silent -> silent;
    };
  }

  private static List<Survey.Participant> inJobTime(
      List<Survey.Participant> participants, TimeLine time) {
    return participants.stream()
        .map(
            each ->
                new Survey.Participant(
                    each.identity(), each.sid(), each.active(), past(each.joinedAt(), time)))
        .toList();
  }

  /** Of the past, even when the wall clock has been put back since. */
  private static long past(long wall, TimeLine time) {
    return wall > 0 ? Math.min(time.now(), time.fromWall(wall)) : wall;
  }
}
