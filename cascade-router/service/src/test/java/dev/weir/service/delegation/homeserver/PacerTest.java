package dev.weir.service.delegation.homeserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.session.delegation.Answer;
import dev.weir.session.delegation.JobKey;
import dev.weir.session.delegation.Step;
import dev.weir.session.delegation.Verb;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacerTest {
  private static final long NOW = 1_000_000;
  private final Pacer pacer = new Pacer();

  private static Pacer.Pending pending(Verb verb, String id, long deadline) {
    return new Pacer.Pending(
        new JobKey("a", "!r:a", "s", "@u:a", id), new Step.Call(verb, id, NOW, deadline));
  }

  private List<String> ready(long now) {
    return pacer.ready(now).stream().map(p -> p.call().delayId()).toList();
  }

  @Test
  void sendsComeFirstAndThenTheRestartWhoseEventFiresFirst() {
    pacer.submit(pending(Verb.RESTART, "late", NOW + 9_000));
    pacer.submit(pending(Verb.RESTART, "soon", NOW + 1_000));
    pacer.submit(pending(Verb.SEND, "send", NOW + 60_000));
    assertThat(ready(NOW)).containsExactly("send", "soon", "late");
  }

  @Test
  void aSharedLimitStopsEverythingUntilItsTime() {
    pacer.submit(pending(Verb.RESTART, "one", NOW + 9_000));
    assertThat(ready(NOW)).containsExactly("one");
    pacer.answered(new Answer.Limited(NOW + 700), true, NOW);
    pacer.submit(pending(Verb.RESTART, "two", NOW + 9_000));
    assertThat(ready(NOW + 699)).isEmpty();
    assertThat(pacer.wakeAt(NOW + 1)).isEqualTo(NOW + 700);
    assertThat(ready(NOW + 700)).containsExactly("two");
  }

  @Test
  void aLimitOfOneUserStopsNobodyElse() {
    pacer.submit(pending(Verb.RESTART, "one", NOW + 9_000));
    ready(NOW);
    pacer.answered(new Answer.Limited(NOW + 700), false, NOW);
    pacer.submit(pending(Verb.RESTART, "two", NOW + 9_000));
    assertThat(ready(NOW)).containsExactly("two");
  }

  @Test
  void aSmallLimitIsMetByOneCallAtATimeAfterAFewRefusals() {
    for (int i = 0; i < 6; i++) {
      pacer.submit(pending(Verb.RESTART, "d" + i, NOW + 9_000 + i));
      ready(NOW);
      pacer.answered(new Answer.Limited(NOW), true, NOW);
    }
    for (int i = 0; i < 10; i++) {
      pacer.submit(pending(Verb.RESTART, "e" + i, NOW + 9_000 + i));
    }
    assertThat(ready(NOW)).hasSize(1);
  }

  @Test
  void tenThousandCallsAtOnceAreSpreadOverSeconds() {
    pacer.needs(1_250);
    for (int i = 0; i < 10_000; i++) {
      pacer.submit(pending(Verb.RESTART, "d" + i, NOW + 10_000));
    }
    List<Integer> perSecond = new ArrayList<>();
    long now = NOW;
    while (pacer.queued() > 0) {
      int sent = 0;
      for (long end = now + 1_000; now < end; now++) {
        int ready = pacer.ready(now).size();
        sent += ready;
        for (int i = 0; i < ready; i++) {
          pacer.answered(new Answer.Done(), false, now);
        }
      }
      perSecond.add(sent);
    }
    assertThat(perSecond).hasSizeBetween(4, 5).allMatch(sent -> sent <= 3_200);
  }
}
