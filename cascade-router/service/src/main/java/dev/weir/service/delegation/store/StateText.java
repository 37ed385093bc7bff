package dev.weir.service.delegation.store;

import dev.weir.session.delegation.Ending;
import dev.weir.session.delegation.JobState;
import dev.weir.session.delegation.Verb;
import java.util.function.LongUnaryOperator;

/** A job's state in one column that an admin can read. */
public final class StateText {
  private StateText() {}

  /**
   * @param toWall turns the jobs' time into wall-clock time
   */
  static String write(JobState state, LongUnaryOperator toWall) {
    return switch (state) {
      case JobState.Waiting waiting ->
          "WAITING " + wall(waiting.until(), toWall) + (waiting.aborted() ? " ABORTED" : "");
      case JobState.Connected _ -> "CONNECTED";
      case JobState.Leaving leaving -> "LEAVING " + wall(leaving.until(), toWall);
      case JobState.Replaced replaced ->
          "REPLACED " + wall(replaced.until(), toWall) + " " + replaced.verb();
      case JobState.Ended ended -> "ENDED " + ended.why();
    };
  }

  private static long wall(long time, LongUnaryOperator toWall) {
    return time == JobState.NEVER ? JobState.NEVER : toWall.applyAsLong(time);
  }

  static JobState read(String text, LongUnaryOperator fromWall) {
    String[] words = text.split(" ", -1);
    return switch (words[0]) {
      case "WAITING" -> new JobState.Waiting(time(words[1], fromWall), words.length > 2);
      case "LEAVING" -> new JobState.Leaving(time(words[1], fromWall), JobState.NEVER);
      case "REPLACED" -> new JobState.Replaced(Verb.valueOf(words[2]), time(words[1], fromWall));
      case "ENDED" -> new JobState.Ended(Ending.valueOf(words[1]));
      default -> new JobState.Connected();
    };
  }

  private static long time(String word, LongUnaryOperator fromWall) {
    return fromWall.applyAsLong(Long.parseLong(word));
  }
}
