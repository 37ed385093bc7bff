package dev.weir.service.legs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.relay.LegEvent;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LegJournalTest {
  @Test
  void saysWhyASessionWasLostAndWhenItIsTriedAgain() {
    assertThat(LegJournal.line("a<-b", lost("signalling: refused with HTTP 503")))
        .isEqualTo(
            "event=relay_session_lost leg=a<-b session=publish-a/n1"
                + " reason=\"signalling: refused with HTTP 503\" again_in_ms=1500");
  }

  @Test
  void namesNobody() {
    LegEvent first = new LegEvent.FirstPacket("@alice:b.test:PHONE", true, Duration.ofMillis(120));
    LegEvent yielded = new LegEvent.Yielded("a/n1", "@alice:b.test:PHONE", Duration.ofMillis(90));
    assertThat(LegJournal.line("a<-b", first)).contains("after_ms=120").doesNotContain("alice");
    assertThat(LegJournal.line("a<-b", yielded)).contains("after_ms=90").doesNotContain("alice");
  }

  @Test
  void aPartnersWordsAreOneLineOfBoundedLength() {
    String line =
        LegJournal.line("a<-b", lost("bad\r\nevent=\"forged\" \u001b[2J" + "x".repeat(9000)));
    assertThat(line).contains("reason=\"bad  event= forged  ").hasSizeLessThan(400);
    assertThat(line.chars()).noneMatch(Character::isISOControl);
  }

  private static LegEvent lost(String reason) {
    return new LegEvent.SessionLost("publish-a/n1", reason, Duration.ofMillis(1500));
  }
}
