package dev.weir.relay.sdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.relay.dtls.Fingerprint;
import dev.weir.relay.ice.IceCredentials;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SdpTest {
  private static final Fingerprint FINGERPRINT = Fingerprint.of(new byte[] {1});
  private static final String ANSWER =
      """
      v=0
      o=- 1 1 IN IP4 0.0.0.0
      s=-
      t=0 0
      a=fingerprint:sha-256 %s
      a=group:BUNDLE 0 1 2
      m=audio 9 UDP/TLS/RTP/SAVPF 111
      a=setup:active
      a=mid:0
      a=ice-ufrag:abcd
      a=ice-pwd:0123456789012345678901
      a=candidate:1 1 udp 2130706431 127.0.0.1 7882 typ host
      a=candidate:2 1 tcp 1671430143 127.0.0.1 7881 typ host tcptype passive
      a=candidate:3 1 udp 1671430143 some-name.local 7881 typ host
      a=ssrc:11 cname:x
      a=sendonly
      m=video 9 UDP/TLS/RTP/SAVPF 96
      a=mid:1
      a=recvonly
      m=video 0 UDP/TLS/RTP/SAVPF 0
      a=mid:2
      a=ssrc:4294967295 cname:x
      """
          .formatted(FINGERPRINT.hex());

  @Test
  void readsTransportCandidatesAndStreams() throws Exception {
    SdpAnswer answer = SdpAnswer.parse(ANSWER);

    assertThat(answer.ice().fragment()).isEqualTo("abcd");
    assertThat(answer.fingerprint()).isEqualTo(FINGERPRINT);
    assertThat(answer.serverIsDtlsClient()).isTrue();
    assertThat(answer.candidates()).hasSize(2);
    assertThat(answer.sections())
        .containsExactly(
            new SdpAnswer.Section("0", false, true, List.of(11)),
            new SdpAnswer.Section("1", false, false, List.of()),
            new SdpAnswer.Section("2", true, false, List.of(-1)));
  }

  @Test
  void refusesAnAnswerWithoutAStrongFingerprint() {
    assertThatThrownBy(() -> SdpAnswer.parse(ANSWER.replace("sha-256", "sha-1")))
        .isInstanceOf(SdpAnswer.Malformed.class);
    assertThatThrownBy(() -> SdpAnswer.parse("")).isInstanceOf(SdpAnswer.Malformed.class);
  }

  @Test
  void offersLayersLowestFirstOnOneSection() {
    String offer =
        SdpOffer.write(
            7,
            2,
            new IceCredentials("u", "p"),
            FINGERPRINT,
            List.of(
                new MediaSection.Receiving(false),
                new MediaSection.Sending(
                    MediaCodec.VP8, "stream", "track", List.of("q", "h", "f"), 5)));

    assertThat(offer)
        .contains("a=group:BUNDLE 0 1\r\n")
        .contains("a=mid:1\r\n")
        .contains("a=msid:stream track\r\n")
        .contains("a=rid:q send\r\na=rid:h send\r\na=rid:f send\r\na=simulcast:send q;h;f\r\n")
        .contains("a=setup:actpass\r\n")
        .doesNotContain("a=ssrc:5");
  }

  @Test
  void survivesDamagedAnswers() {
    Random random = new Random(9);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder damaged = new StringBuilder(ANSWER);
      for (int change = random.nextInt(8); change >= 0; change--) {
        int at = random.nextInt(damaged.length());
        if (random.nextBoolean()) {
          damaged.setCharAt(at, (char) (32 + random.nextInt(95)));
        } else {
          damaged.delete(at, Math.min(damaged.length(), at + random.nextInt(30)));
        }
      }
      try {
        assertThat(SdpAnswer.parse(damaged.toString()).candidates()).hasSizeLessThan(65);
      } catch (SdpAnswer.Malformed e) {
        assertThat(e).hasMessageNotContaining("0123456789");
      }
    }
  }
}
