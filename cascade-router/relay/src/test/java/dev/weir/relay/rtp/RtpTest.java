package dev.weir.relay.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RtpTest {
  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  @Test
  void refusesHeadersThatReachBeyondThePacket() {
    assertThat(Rtp.isValid(bytes("8060 0001 00000000 112233"), 0, 11)).isFalse();
    assertThat(Rtp.isValid(bytes("8F60 0001 00000000 11223344"), 0, 12)).isFalse();
    assertThat(Rtp.isValid(bytes("9060 0001 00000000 11223344 BEDE 0001"), 0, 16)).isFalse();
    assertThat(Rtp.isValid(bytes("4060 0001 00000000 11223344"), 0, 12)).isFalse();
    assertThat(Rtp.isValid(bytes("A060 0001 00000000 11223344 02"), 0, 13)).isFalse();
    assertThat(Rtp.isValid(bytes("A060 0001 00000000 11223344 00"), 0, 13)).isFalse();
  }

  @Test
  void knowsAServersPaddingBehindAPayloadOfPadding() {
    byte[] packet = new byte[12 + 510];
    packet[0] = (byte) 0xA0;
    packet[12 + 254] = (byte) 255;
    packet[12 + 509] = (byte) 255;

    assertThat(Rtp.isPaddingOnly(packet, 0, packet.length)).isTrue();
    packet[20] = 1;
    assertThat(Rtp.isPaddingOnly(packet, 0, packet.length)).isFalse();
  }

  @Test
  void neverReadsOutsideRandomPackets() {
    Random random = new Random(7);
    HeaderTemplate template = new HeaderTemplate(96, 1, "12", "f");
    byte[] out = new byte[4096];
    for (int i = 0; i < 200_000; i++) {
      byte[] packet = new byte[random.nextInt(120)];
      random.nextBytes(packet);
      if (packet.length > 0) {
        packet[0] = (byte) (0x80 | packet[0] & 0x3f);
      }
      if (packet.length > 15 && random.nextBoolean()) {
        packet[0] = (byte) (0x90 | packet[0] & 0x20);
        packet[12] = (byte) (random.nextBoolean() ? 0xBE : 0x10);
        packet[13] = (byte) (packet[12] == 0x10 ? 0 : 0xDE);
        packet[14] = 0;
        packet[15] = (byte) random.nextInt(26);
      }
      if (Rtp.isValid(packet, 0, packet.length)) {
        Rtp.findExtension(packet, 0, 1 + random.nextInt(14));
        Rtp.isPaddingOnly(packet, 0, packet.length);
        int header = template.write(packet, 0, i, out, 0, HeaderTemplate.NO_LEVEL);
        assertThat(Rtp.hasValidHeader(out, 0, header)).isTrue();
        assertThat(header).isLessThanOrEqualTo(HeaderTemplate.MAX_LENGTH);
      }
    }
  }
}
