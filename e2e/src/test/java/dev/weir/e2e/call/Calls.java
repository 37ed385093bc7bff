package dev.weir.e2e.call;

import dev.weir.e2e.run.Run;
import java.time.Duration;
import java.util.List;

/** Calls that have begun. */
final class Calls {
  private Calls() {}

  /** A room in which all of them are in a call, see each other and hear each other. */
  static String among(Run run, List<CallUser> people, Duration patience) {
    String room = run.room(people.stream().map(CallUser::user).toList());
    for (CallUser person : people) {
      person.open(room);
      person.join();
    }
    for (CallUser person : people) {
      CallChecks.seesTheFirstFrames(person, patience);
      CallChecks.hears(person, patience);
    }
    return room;
  }
}
