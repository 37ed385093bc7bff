package dev.weir.e2e.cluster;

import dev.weir.e2e.call.CallUser;
import dev.weir.e2e.process.ProgramFailed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Does things to sites while people are in a call, and measures what they notice. Calls of a
 * browser belong to one thread, which watches; what is done to the sites is done by another.
 */
final class Drills implements AutoCloseable {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(40);
  private static final Duration STEADY = Duration.ofSeconds(3);
  private static final Duration BACK = Duration.ofSeconds(45);

  /** What one person noticed. */
  record Noticed(String name, double withoutAudio, double withoutVideo, boolean reconnected) {}

  /**
   * What a drill came to.
   *
   * @param seconds until the site was whole again
   * @param membershipChanges events of the call's membership that are not what they were; a leave
   *     is one
   * @param back everybody hears and sees again
   */
  record Outcome(
      String drill, double seconds, List<Noticed> people, int membershipChanges, boolean back) {
    double longestWithoutVideo() {
      return people.stream().mapToDouble(Noticed::withoutVideo).max().orElse(0);
    }

    double longestWithoutAudio() {
      return people.stream().mapToDouble(Noticed::withoutAudio).max().orElse(0);
    }

    long reconnected() {
      return people.stream().filter(Noticed::reconnected).count();
    }
  }

  private final List<CallUser> people;
  private final String room;
  private final ExecutorService admin = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Outcome> outcomes = new ArrayList<>();

  Drills(List<CallUser> people, String room) {
    this.people = people;
    this.room = room;
  }

  /**
   * @param whole asked once a second after the action: is the site again as it should be?
   * @param limit for the site to be whole
   */
  Outcome run(String drill, Runnable action, BooleanSupplier whole, Duration limit) {
    List<String> members = memberEvents();
    if (members.size() < people.size()) {
      throw new ProgramFailed("not everybody is in the call before: " + drill);
    }
    List<MediaGaps> gaps = people.stream().map(MediaGaps::new).toList();
    long start = System.nanoTime();
    CompletableFuture<Void> done =
        CompletableFuture.runAsync(
            () -> {
              action.run();
              await(drill, whole, limit);
            },
            admin);
    while (!done.isDone()) {
      look(gaps);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    boolean back = untilSteady(gaps);
    List<String> after = new ArrayList<>(memberEvents());
    after.removeAll(members);
    Outcome outcome =
        new Outcome(
            drill,
            seconds,
            gaps.stream()
                .map(
                    gap ->
                        new Noticed(
                            gap.person().name(),
                            gap.secondsWithoutAudio(),
                            gap.secondsWithoutVideo(),
                            gap.reconnected()))
                .toList(),
            after.size() + Math.max(0, members.size() - memberEvents().size()),
            back);
    outcomes.add(outcome);
    try {
      done.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof ProgramFailed failed ? failed : e;
    }
    return outcome;
  }

  List<Outcome> outcomes() {
    return List.copyOf(outcomes);
  }

  private void look(List<MediaGaps> gaps) {
    people.getFirst().pause(BETWEEN_LOOKS);
    gaps.forEach(MediaGaps::look);
  }

  /** Until media of everybody has flowed for a while; false if it does not come back. */
  private boolean untilSteady(List<MediaGaps> gaps) {
    long deadline = System.nanoTime() + BACK.toNanos();
    long since = System.nanoTime();
    while (System.nanoTime() - since < STEADY.toNanos()) {
      look(gaps);
      if (!gaps.stream().allMatch(MediaGaps::flows)) {
        since = System.nanoTime();
      }
      if (System.nanoTime() > deadline) {
        return false;
      }
    }
    return true;
  }

  private List<String> memberEvents() {
    return people.getFirst().user().callMemberEvents(room);
  }

  private static void await(String drill, BooleanSupplier whole, Duration limit) {
    try {
      Awaitility.await()
          .atMost(limit)
          .pollInterval(Duration.ofSeconds(1))
          .until(whole::getAsBoolean);
    } catch (ConditionTimeoutException e) {
      throw new ProgramFailed(
          drill + ": the site is not whole after " + limit.toSeconds() + " s", e);
    }
  }

  @Override
  public void close() {
    admin.shutdownNow();
  }
}
