package dev.weir.relay.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PacketRingTest {
  private final PacketRing ring = new PacketRing(8 * 1024);

  private void put(int sequence, int length) {
    int at = ring.reserve(length);
    java.util.Arrays.fill(ring.bytes(), at, at + length, (byte) sequence);
    ring.commit(sequence, length);
  }

  @Test
  void findsWhatWasSentLately() {
    put(41, 1000);
    put(42, 900);

    long found = ring.find(42, 1, 0);

    assertThat(found >>> 32).isEqualTo(900);
    assertThat(ring.bytes()[(int) found]).isEqualTo((byte) 42);
  }

  @Test
  void forgetsWhatWasWrittenOver() {
    for (int i = 0; i < 60; i++) {
      put(i, 1000);
      for (int back = 0; back <= i; back++) {
        long found = ring.find(i - back, i + 1, 0);
        if (found >= 0) {
          int at = (int) found;
          assertThat(ring.bytes()[at]).isEqualTo((byte) (i - back));
          assertThat(ring.bytes()[at + 999]).isEqualTo((byte) (i - back));
        }
      }
    }
    assertThat(ring.find(59, 100, 0)).isNotNegative();
    assertThat(ring.find(40, 100, 0)).isNegative();
  }

  @Test
  void doesNotSendTwiceForOneLoss() {
    put(1, 100);

    assertThat(ring.find(1, 1_000, 500)).isNotNegative();
    assertThat(ring.find(1, 1_400, 500)).isNegative();
    assertThat(ring.find(1, 1_600, 500)).isNotNegative();
  }
}
