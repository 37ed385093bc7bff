package dev.weir.session.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.session.Site;
import dev.weir.session.SlotId;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnnouncementTest {
  private static final Site A = Site.of("a.example");
  private static final Site B = Site.of("b.example");
  private static final byte[] OF_A = filled(1);
  private static final byte[] OF_B = filled(2);
  private static final SlotId SLOT = SlotId.ofRoomCall("!r:a.example");
  private static final SlotId OTHER = SlotId.ofRoomCall("!other:a.example");

  private final Announcement.Key key = Announcement.Key.of(A, OF_A, B, OF_B);
  private final Announcement.Key sameKey = Announcement.Key.of(B, OF_B, A, OF_A);

  @Test
  void bothSidesComputeTheSameTagAndItCanBeComputedElsewhere() {
    Announcement tag = key.announce(SLOT, A, B);
    assertThat(tag).isEqualTo(sameKey.announce(SLOT, A, B));
    assertThat(Announcement.of(tag.bytes())).isEqualTo(tag);
    assertThat(tag.bytes()).hasSize(32);
    // Computed with another implementation of HKDF and HMAC.
    assertThat(tag.tag())
        .isEqualTo("09e9f03a0e221d8fb9c8bb8b8a976717190e080c576ccbd15c6b46f327cc3cfb");
  }

  @Test
  void anEchoAnotherSlotAnotherNonceAndAnotherPeerNeverMatch() {
    assertThat(key.announce(SLOT, B, A)).isNotEqualTo(key.announce(SLOT, A, B));
    assertThat(key.announce(OTHER, A, B)).isNotEqualTo(key.announce(SLOT, A, B));
    assertThat(Announcement.Key.of(A, OF_B, B, OF_A).announce(SLOT, A, B))
        .isNotEqualTo(key.announce(SLOT, A, B));
    assertThat(Announcement.Key.of(A, OF_A, Site.of("c"), OF_B).announce(SLOT, A, B))
        .isNotEqualTo(key.announce(SLOT, A, B));
  }

  @Test
  void aMatchIsFoundWhicheverSideComesFirst() {
    Announced atA = new Announced(key, A, B, 100);
    Announced atB = new Announced(sameKey, B, A, 100);
    Announcement fromB = atB.begin(SLOT);
    assertThat(atA.add(List.of(fromB))).isEmpty();
    Announcement fromA = atA.begin(SLOT);
    assertThat(atA.isShared(SLOT)).isTrue();
    assertThat(atB.add(List.of(fromA))).containsExactly(SLOT);
    assertThat(atB.isShared(SLOT)).isTrue();
    assertThat(atB.isShared(OTHER)).isFalse();
  }

  @Test
  void whatEndsIsForgotten() {
    Announced atA = new Announced(key, A, B, 100);
    Announced atB = new Announced(sameKey, B, A, 100);
    Announcement tag = atA.begin(SLOT);
    atB.begin(SLOT);
    atB.add(List.of(tag));
    assertThat(atA.end(SLOT)).isEqualTo(tag);
    atB.remove(List.of(tag));
    assertThat(atB.isShared(SLOT)).isFalse();
    atB.add(List.of(tag));
    assertThat(atB.replace(List.of())).isEmpty();
    assertThat(atB.isShared(SLOT)).isFalse();
    atB.end(SLOT);
    assertThat(atB.replace(List.of(tag))).isEmpty();
  }

  @Test
  void aPeerCannotMakeUsRememberWithoutBound() {
    Announced atA = new Announced(key, A, B, 1);
    Announced atB = new Announced(sameKey, B, A, 1);
    atA.begin(SLOT);
    assertThat(atA.add(List.of(atB.begin(OTHER), atB.begin(SLOT)))).isEmpty();
    assertThat(atA.isShared(SLOT)).isFalse();
  }

  private static byte[] filled(int value) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
