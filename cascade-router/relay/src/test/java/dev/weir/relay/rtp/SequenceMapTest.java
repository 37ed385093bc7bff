package dev.weir.relay.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SequenceMapTest {
  private final SequenceMap map = new SequenceMap(100);

  private int send(int sequence) {
    return map.map(map.extend(sequence & 0xffff));
  }

  private void drop(int sequence) {
    map.drop(map.extend(sequence & 0xffff));
  }

  @Test
  void beginsWithItsOwnNumberAndKeepsTheDistances() {
    map.restart(5000);

    assertThat(send(5000)).isEqualTo(100);
    assertThat(send(5001)).isEqualTo(101);
    assertThat(send(5005)).isEqualTo(105);
    assertThat(send(5003)).isEqualTo(103);
  }

  @Test
  void closesTheGapOfADroppedPacketAlsoForLatePackets() {
    map.restart(10);
    send(10);
    drop(12);
    assertThat(send(13)).isEqualTo(102);
    assertThat(send(11)).isEqualTo(101);
    assertThat(send(14)).isEqualTo(103);
  }

  @Test
  void leavesTheGapOfAPacketThatIsDroppedTooLate() {
    map.restart(10);
    send(10);
    assertThat(send(12)).isEqualTo(102);
    drop(11);
    assertThat(send(13)).isEqualTo(103);
  }

  @Test
  void goesOnBehindItsLastNumberWhenTheSourceStreamIsReplaced() {
    map.restart(65_530);
    for (int i = 0; i < 10; i++) {
      send(65_530 + i);
    }
    map.restart(3);
    assertThat(send(3)).isEqualTo(110);
    assertThat(send(2)).isEqualTo(-1);
  }

  @Test
  void makesRoomForAPacketOfItsOwn() {
    assertThat(map.insert()).isEqualTo(100);
    map.restart(7);
    assertThat(send(7)).isEqualTo(101);
    assertThat(map.insert()).isEqualTo(102);
    assertThat(send(8)).isEqualTo(103);
  }

  @Test
  void neverGivesANumberOutTwiceHoweverPacketsComeAndAreDropped() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      SequenceMap tested = new SequenceMap(random.nextInt(65_536));
      int start = random.nextInt(65_536);
      tested.restart(start);
      Set<Integer> given = new HashSet<>();
      Set<Integer> handled = new HashSet<>();
      for (int i = 0; i < 3000; i++) {
        int number = Math.max(0, i - (random.nextInt(10) == 0 ? random.nextInt(40) : 0));
        if (!handled.add(number)) {
          continue;
        }
        long extended = tested.extend(start + number & 0xffff);
        if (random.nextInt(8) == 0) {
          tested.drop(extended);
        } else {
          assertThat(given.add(tested.map(extended))).as("seed %d packet %d", seed, i).isTrue();
        }
      }
    }
  }
}
