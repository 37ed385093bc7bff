package dev.weir.relay.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class HeaderTemplateTest {
  private final HeaderTemplate template = new HeaderTemplate(96, 0x0A0B0C0D, "1", "h");
  private final byte[] out = new byte[1500];

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  @Test
  void putsMidAndRidOnAPacketWithoutExtensions() {
    byte[] in = bytes("80E0 0001 00000064 11223344 FF");

    int header = template.write(in, 0, 0x1234, out, 0, HeaderTemplate.NO_LEVEL);

    assertThat(HexFormat.of().formatHex(out, 0, header))
        .isEqualTo("90e01234000000640a0b0c0d" + "bede0001" + "10312068");
    assertThat(Rtp.isValid(out, 0, header)).isTrue();
  }

  @Test
  void keepsMarkerTimestampAndPaddingBit() {
    byte[] in = bytes("A060 0001 DEADBEEF 11223344");

    template.write(in, 0, 7, out, 0, HeaderTemplate.NO_LEVEL);

    assertThat(Rtp.marker(out, 0)).isFalse();
    assertThat(Rtp.timestamp(out, 0)).isEqualTo(0xDEADBEEF);
    assertThat(out[0] & 0x20).isEqualTo(0x20);
    assertThat(Rtp.sequence(out, 0)).isEqualTo(7);
    assertThat(Rtp.ssrc(out, 0)).isEqualTo(0x0A0B0C0D);
  }

  @Test
  void dropsForeignElementsAndCarriesTheDependencyDescriptor() {
    // Elements 1 (the source's mid), 5 (descriptor, 3 bytes) and 9 (unknown).
    byte[] in = bytes("90E0 0001 00000000 11223344 BEDE 0002 10 41 52 0A0B0C 90 77");

    int header = template.write(in, 0, 1, out, 0, HeaderTemplate.NO_LEVEL);

    int descriptor = Rtp.findExtension(out, 0, Extensions.DEPENDENCY);
    assertThat(descriptor >> 16).isEqualTo(3);
    assertThat(HexFormat.of().formatHex(out, descriptor & 0xffff, (descriptor & 0xffff) + 3))
        .isEqualTo("0a0b0c");
    int mid = Rtp.findExtension(out, 0, Extensions.MID);
    assertThat(out[mid & 0xffff]).isEqualTo((byte) '1');
    assertThat(Rtp.findExtension(out, 0, 9)).isEqualTo(-1);
    assertThat(header % 4).isZero();
  }

  @Test
  void changesToTheTwoByteFormForALongDescriptor() {
    StringBuilder in = new StringBuilder("90E0 0001 00000000 11223344 1000 0006 05 14");
    in.append("AB".repeat(20)).append("0000");

    int header = template.write(bytes(in.toString()), 0, 1, out, 0, HeaderTemplate.NO_LEVEL);

    assertThat(out[12]).isEqualTo((byte) 0x10);
    assertThat(Rtp.findExtension(out, 0, Extensions.DEPENDENCY) >> 16).isEqualTo(20);
    assertThat(Rtp.findExtension(out, 0, Extensions.RID) >> 16).isEqualTo(1);
    assertThat(Rtp.isValid(out, 0, header)).isTrue();
  }

  @Test
  void writesTheAudioLevelThatItIsGiven() {
    HeaderTemplate audio = new HeaderTemplate(111, 1, "0", null);

    audio.write(bytes("806F 0001 00000000 11223344"), 0, 1, out, 0, 0x80 | 33);

    int level = Rtp.findExtension(out, 0, Extensions.AUDIO_LEVEL);
    assertThat(out[level & 0xffff] & 0xff).isEqualTo(0x80 | 33);
  }

  @Test
  void writesPaddingThatAReceiverRecognises() {
    int length = template.writePadding(5, 6, out, 0);

    assertThat(Rtp.isValid(out, 0, length)).isTrue();
    assertThat(Rtp.isPaddingOnly(out, 0, length)).isTrue();
  }

  @Test
  void boundsTheHeaderWhateverTheSourceRepeats() {
    byte[] in = new byte[1400];
    System.arraycopy(bytes("90E0 0001 00000000 11223344 1000 015A"), 0, in, 0, 16);
    for (int at = 16; at + 34 < in.length; at += 34) {
      in[at] = 5;
      in[at + 1] = 32;
    }

    int header = template.write(in, 0, 1, out, 0, HeaderTemplate.NO_LEVEL);

    assertThat(header).isLessThanOrEqualTo(HeaderTemplate.MAX_LENGTH);
  }
}
