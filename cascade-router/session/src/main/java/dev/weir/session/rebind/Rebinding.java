package dev.weir.session.rebind;

import java.time.Duration;
import java.time.Instant;

/**
 * Where the clients of one annex belong, from how its legs do.
 *
 * <p>Away: the media has not come for {@code patience} without a break. Back: it has come for
 * {@code steady} without a break; twice as long after each return that did not last, so that a link
 * which comes and goes does not move people to and fro. Nobody there for {@code unused}: the annex
 * is forgotten.
 */
public final class Rebinding {

  /** What a look at an annex finds. */
  public enum Look {
    /** Every leg with a publisher of the focus is up. */
    CARRIED,
    /** One of them is not. */
    BROKEN,
    /** There is none: nothing is to be brought now, and nothing is known of the way. */
    NOTHING,
    /** Its clients are gone, here and there. */
    DESERTED
  }

  /**
   * Times of the decision.
   *
   * @param steadiest how long a return waits at most
   * @param calm a return that lasted so long is not held against the next one
   */
  public record Timing(
      Duration patience, Duration steady, Duration steadiest, Duration calm, Duration unused) {
    public static Timing defaults() {
      return new Timing(
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Duration.ofMinutes(5),
          Duration.ofMinutes(10),
          Duration.ofSeconds(30));
    }
  }

  /**
   * What is thought of an annex.
   *
   * @param look what was found last
   * @param since since when without a break
   * @param switchedAt when its clients were last sent away or called back; EPOCH when that is not
   *     known, or long ago
   * @param returns how often they were called back without a calm time after it
   */
  public record State(boolean away, Look look, Instant since, Instant switchedAt, int returns) {
    /** Of an annex that nothing is known of but whether its clients are away. */
    public static State fresh(boolean away, Instant now) {
      return new State(away, Look.NOTHING, now, Instant.EPOCH, 0);
    }

    /** Nothing needs to be remembered. */
    public boolean isPlain() {
      return !away && look != Look.BROKEN && switchedAt.equals(Instant.EPOCH);
    }
  }

  private final Timing timing;

  public Rebinding(Timing timing) {
    this.timing = timing;
  }

  /**
   * Judges a look.
   *
   * @param since since when it is so, as far as the legs know: media may have been missed for a
   *     while before it was taken for lost
   */
  public State judge(State before, Look look, Instant since, Instant now) {
    // What was before the last switch has had its consequence.
    Instant began = since.isBefore(before.switchedAt()) ? before.switchedAt() : since;
    Instant from = look == before.look() && before.since().isBefore(began) ? before.since() : began;
    Duration lasted = Duration.between(from, now);
    if (!before.away() && look == Look.BROKEN && lasted.compareTo(timing.patience()) >= 0) {
      return new State(true, look, now, now, before.returns());
    }
    boolean comes = look == Look.CARRIED && lasted.compareTo(steady(before.returns())) >= 0;
    boolean over = look == Look.DESERTED && lasted.compareTo(timing.unused()) >= 0;
    if (before.away() && (comes || over)) {
      return new State(false, look, now, now, before.returns() + (comes ? 1 : 0));
    }
    boolean calm = !before.away() && !now.isBefore(before.switchedAt().plus(timing.calm()));
    return new State(
        before.away(),
        look,
        from,
        calm ? Instant.EPOCH : before.switchedAt(),
        calm ? 0 : before.returns());
  }

  private Duration steady(int returns) {
    Duration doubled = timing.steady().multipliedBy(1L << Math.min(returns, 20));
    return doubled.compareTo(timing.steadiest()) < 0 ? doubled : timing.steadiest();
  }
}
