package dev.weir.relay.rtcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RtcpTest {
  private final List<String> seen = new ArrayList<>();
  private final byte[] b = new byte[1500];
  private final RtcpReader.Visitor visitor =
      new RtcpReader.Visitor() {
        @Override
        public void senderReport(byte[] bytes, int at, int ssrc) {
          seen.add("sr " + ssrc);
        }

        @Override
        public void reportBlock(int ssrc, int fractionLost, int cumulativeLost, int jitter) {
          seen.add("block " + ssrc + " " + fractionLost + " " + cumulativeLost + " " + jitter);
        }

        @Override
        public void keyFrameRequest(int ssrc) {
          seen.add("key " + ssrc);
        }

        @Override
        public void nack(int ssrc, int sequence, int following) {
          seen.add("nack " + ssrc + " " + sequence + " " + following);
        }

        @Override
        public void remb(long bitsPerSecond) {
          seen.add("remb " + bitsPerSecond);
        }
      };

  @Test
  void readsWhatItWrites() {
    int at = RtcpWriter.pli(b, 0, 1, 22);
    int nack = RtcpWriter.beginNack(b, at, 1, 33);
    nack += RtcpWriter.nackItem(b, at + nack, 65_535, 5);
    RtcpWriter.endNack(b, at, nack);
    at += nack;
    int report = RtcpWriter.beginReport(b, at, 1);
    report += RtcpWriter.block(b, at + report, 44, 12, -3, 9, 8, 7, 6);
    RtcpWriter.endReport(b, at, report, 1);
    at += report;
    at += RtcpWriter.remb(b, at, 1, 500_000, new int[] {44}, 1);

    RtcpReader.read(b, 0, at, visitor);

    assertThat(seen)
        .containsExactly("key 22", "nack 33 65535 5", "block 44 12 -3 8", "remb 500000");
  }

  @Test
  void readsAndWritesSenderReports() {
    byte[] source =
        HexFormat.of()
            .parseHex(
                "80c80006"
                    + "0000000b"
                    + "e1e2e3e4e5e6e7e8"
                    + "01020304"
                    + "00000005"
                    + "00000006");

    long time = RtcpReader.reportedTime(source, 0);
    int length = RtcpWriter.senderReport(b, 0, 99, time, 0x0a0b0c0d, 17, 18);

    assertThat(RtcpReader.reportedTimestamp(source, 0)).isEqualTo(0x01020304);
    assertThat(HexFormat.of().formatHex(b, 0, length))
        .isEqualTo(
            "80c80006" + "00000063" + "e1e2e3e4e5e6e7e8" + "0a0b0c0d" + "00000011" + "00000012");
  }

  @Test
  void readsFullIntraRequestsAndSkipsWhatItDoesNotKnow() {
    byte[] compound =
        HexFormat.of()
            .parseHex("81ca0002000000010102030484ce0004000000010000000000000007010000000000");

    RtcpReader.read(compound, 0, compound.length, visitor);

    assertThat(seen).contains("key 7");
  }

  @Test
  void survivesRandomPackets() {
    Random random = new Random(5);
    int[] types = {200, 201, 202, 203, 204, 205, 206, 207};
    for (int i = 0; i < 200_000; i++) {
      byte[] packet = new byte[4 * random.nextInt(20)];
      random.nextBytes(packet);
      if (packet.length >= 4) {
        packet[0] = (byte) (0x80 | packet[0] & 0x3f);
        packet[1] = (byte) types[random.nextInt(types.length)];
        packet[2] = 0;
        packet[3] = (byte) random.nextInt(20);
      }
      RtcpReader.read(packet, 0, packet.length, new RtcpReader.Visitor() {});
    }
  }
}
