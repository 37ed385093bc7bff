package dev.weir.e2e.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.e2e.run.Run;
import dev.weir.e2e.stack.Site;
import java.time.Duration;
import java.util.List;

/**
 * Two people of one site who see and hear each other in an encrypted call, until something goes.
 */
final class Talk {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration WATCHED = Duration.ofSeconds(12);

  private final String what;
  private final List<CallUser> people;
  private final String room;
  private final List<String> memberEvents;

  /**
   * @param mark tells these two from those of other calls
   * @param what names the pictures before and after
   */
  Talk(Run run, Site site, String mark, String what, ElementCall one, ElementCall two) {
    this.what = what;
    people =
        List.of(
            run.seat(run.register("alice-" + mark, site), one),
            run.seat(run.register("bob-" + mark, site), two));
    room = Calls.among(run, people, SOON);
    memberEvents = people.getFirst().user().callMemberEvents(room);
    Pictures.of(people, what + "-before");
  }

  List<CallUser> people() {
    return people;
  }

  /** How long sound and picture are away from now on. */
  Gaps watch(String happens) {
    Gaps gaps = new Gaps(people);
    gaps.watch(WATCHED);
    System.out.printf("%s: %s%n", happens, gaps);
    return gaps;
  }

  void nobodyIsLost() {
    CallChecks.see(people, SOON);
    Pictures.of(people, what + "-after");
    for (CallUser person : people) {
      CallChecks.hears(person, SOON);
      CallChecks.encryptsEverything(person);
      CallChecks.decryptsEverything(person, Duration.ofSeconds(2));
      assertThat(person.tiles()).as("people that %s shows", person.name()).isEqualTo(2);
    }
    assertThat(people.getFirst().user().callMemberEvents(room))
        .as("nobody left")
        .isEqualTo(memberEvents);
  }

  /** Wide, for machines on which browsers starve; the figures are printed for those who compare. */
  static void within(Gaps gaps, double audio, double video) {
    gaps.each()
        .forEach(
            gap -> {
              assertThat(gap.audio()).as("audio of %s", gap.person().name()).isLessThan(audio);
              assertThat(gap.video()).as("video of %s", gap.person().name()).isLessThan(video);
            });
  }
}
