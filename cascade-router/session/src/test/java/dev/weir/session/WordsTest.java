package dev.weir.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.session.delegation.LeaveReason;
import dev.weir.session.move.Phase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The small words that everything is said with, and their orders. */
class WordsTest {
  private static final Site A = Site.of("a");
  private static final Site B = Site.of("b");

  @Test
  void ordersDoNotDependOnTheOrderOfArrival() {
    isTheOrder(
        new Attachment.Key("n1", Room.home(A), "x"),
        new Attachment.Key("n1", Room.home(A), "y"),
        new Attachment.Key("n2", Room.home(A), "a"),
        new Attachment.Key("n0", Room.home(B), "a"),
        new Attachment.Key("n0", Room.view(A), "a"),
        new Attachment.Key("n0", Room.guest(A), "a"));
    isTheOrder(new Client("@a:a", "1"), new Client("@a:a", "2"), new Client("@b:a", "0"));
    isTheOrder(new SlotId("!a", "1"), new SlotId("!a", "2"), new SlotId("!b", "0"));
    isTheOrder(new Place(A, "1"), new Place(A, "2"), new Place(B, "0"));
    isTheOrder(
        Spot.of(A, "1", Room.home(A)),
        Spot.of(A, "1", Room.home(B)),
        Spot.of(A, "2", Room.home(A)));
  }

  private static <T extends Comparable<T>> void isTheOrder(List<T> ordered) {
    for (int i = 0; i < 20; i++) {
      List<T> shuffled = new ArrayList<>(ordered);
      Collections.shuffle(shuffled, new Random(i));
      Collections.sort(shuffled);
      assertThat(shuffled).isEqualTo(ordered);
    }
  }

  @SafeVarargs
  private static <T extends Comparable<T>> void isTheOrder(T... ordered) {
    isTheOrder(List.of(ordered));
  }

  @Test
  void textIsOrderedByCodePoint() {
    isTheOrder(
        List.of("", "a", "aa", "b", "\ud7ff", "\uffff", "\ud800\udc00", "\ud83d\ude00").stream()
            .map(text -> new ByCodePoint(text))
            .toList());
  }

  private record ByCodePoint(String text) implements Comparable<ByCodePoint> {
    @Override
    public int compareTo(ByCodePoint other) {
      return CodePoints.compare(text, other.text);
    }
  }

  @Test
  void keysComeBackFromTheirText() {
    for (Client client :
        List.of(new Client("@a:a", "D"), new Client("", "D"), new Client("@a:a", ""))) {
      assertThat(Client.parse(client.toString())).isEqualTo(client);
    }
    assertThat(Room.parse("VIEW a b")).isEqualTo(Room.view(Site.of("a b")));
    assertThatThrownBy(() -> Client.parse("@a:a")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Room.parse("VIEW")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Room.parse(" a")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aMemberIdThatIsOnlyThePrefixNamesNoDevice() {
    assertThat(new Member("@a:a", "", "@a:a:D").client()).isEqualTo(new Client("@a:a", "D"));
    assertThat(new Member("@a:a", "", "@a:a:").client()).isEqualTo(new Client("@a:a", "@a:a:"));
  }

  @Test
  void whoOnlyViewsIsNoSource() {
    assertThat(Role.values()).filteredOn(role -> !role.canBeSource()).containsExactly(Role.VIEW);
    assertThat(Role.values())
        .filteredOn(Role::atHome)
        .containsExactly(Role.OWN, Role.VIEW, Role.GUEST);
  }

  @Test
  void reasonsAreReadByNameAndUnknownOnesAreNone() {
    for (LeaveReason reason : LeaveReason.values()) {
      assertThat(LeaveReason.of(reason.name())).isEqualTo(reason);
    }
    assertThat(LeaveReason.of("OF_TOMORROW")).isEqualTo(LeaveReason.UNKNOWN_REASON);
  }

  @Test
  void aMoveIsOverWhenItIsDoneOrRolledBack() {
    assertThat(Phase.values())
        .filteredOn(Phase::over)
        .containsExactly(Phase.DONE, Phase.ROLLED_BACK);
  }
}
