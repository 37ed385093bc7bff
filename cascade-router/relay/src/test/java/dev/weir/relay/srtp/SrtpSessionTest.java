package dev.weir.relay.srtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.relay.wire.Wire;
import java.util.Arrays;
import java.util.Random;
import org.jitsi.srtp.SrtcpCryptoContext;
import org.jitsi.srtp.SrtpContextFactory;
import org.jitsi.srtp.SrtpCryptoContext;
import org.jitsi.srtp.SrtpErrorStatus;
import org.jitsi.srtp.SrtpPolicy;
import org.jitsi.srtp.crypto.Aes;
import org.jitsi.utils.logging2.LoggerImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SrtpSessionTest {
  private static final int SSRC = 0x1badcafe;

  private static byte[] keys(SrtpProfile profile) {
    byte[] keys = new byte[profile.exportLength()];
    new Random(42).nextBytes(keys);
    return keys;
  }

  private static byte[] packet(int sequence, int length) {
    byte[] packet = new byte[12 + length];
    packet[0] = (byte) 0x80;
    packet[1] = 96;
    Wire.put16(packet, 2, sequence);
    Wire.put32(packet, 8, SSRC);
    new Random(sequence).nextBytes(packet.length == 12 ? new byte[0] : new byte[1]);
    for (int i = 12; i < packet.length; i++) {
      packet[i] = (byte) (i * 31 + sequence);
    }
    return packet;
  }

  private static byte[] protect(SrtpSession session, SrtpSession.Stream stream, byte[] packet) {
    byte[] out = new byte[packet.length + SrtpSession.RTP_OVERHEAD];
    System.arraycopy(packet, 0, out, 0, 12);
    int length = session.protect(stream, out, 0, 12, packet, 12, packet.length - 12);
    assertThat(length).isEqualTo(out.length);
    return out;
  }

  private static byte[] open(SrtpSession session, byte[] sealed) {
    byte[] plain = new byte[2048];
    int length = session.open(sealed, 0, sealed.length, 12, plain, 0);
    return length < 0 ? new byte[0] : Arrays.copyOf(plain, length);
  }

  @ParameterizedTest
  @EnumSource(SrtpProfile.class)
  void whatOneSideProtectsTheOtherOpens(SrtpProfile profile) {
    SrtpSession client = new SrtpSession(profile, keys(profile), true);
    SrtpSession server = new SrtpSession(profile, keys(profile), false);
    SrtpSession.Stream stream = client.stream(SSRC);

    // Over the end of the sequence numbers, so that the roll-over counter matters.
    for (int sequence = 65_530; sequence < 65_560; sequence++) {
      byte[] packet = packet(sequence & 0xffff, 200);
      assertThat(open(server, protect(client, stream, packet))).isEqualTo(packet);
    }
  }

  @Test
  void refusesWhatWasChangedOrSeenBefore() {
    SrtpProfile profile = SrtpProfile.AEAD_AES_128_GCM;
    SrtpSession client = new SrtpSession(profile, keys(profile), true);
    SrtpSession server = new SrtpSession(profile, keys(profile), false);
    SrtpSession.Stream stream = client.stream(SSRC);
    byte[] first = protect(client, stream, packet(1, 100));
    byte[] second = protect(client, stream, packet(2, 100));
    byte[] forged = second.clone();
    forged[50] ^= 1;

    assertThat(open(server, first)).isNotEmpty();
    assertThat(open(server, first)).isEmpty();
    assertThat(open(server, forged)).isEmpty();
    assertThat(open(server, second)).isNotEmpty();
  }

  @Test
  void acceptsLatePacketsInsideTheWindowOnce() {
    SrtpProfile profile = SrtpProfile.AEAD_AES_128_GCM;
    SrtpSession client = new SrtpSession(profile, keys(profile), true);
    SrtpSession server = new SrtpSession(profile, keys(profile), false);
    SrtpSession.Stream stream = client.stream(SSRC);
    byte[] late = protect(client, stream, packet(1, 10));
    byte[] tooLate = protect(client, stream, packet(2, 10));
    for (int sequence = 3; sequence <= 1500; sequence++) {
      assertThat(open(server, protect(client, stream, packet(sequence, 10)))).isNotEmpty();
    }
    assertThat(open(server, late)).isNotEmpty();
    assertThat(open(server, late)).isEmpty();
    for (int sequence = 1501; sequence <= 2500; sequence++) {
      open(server, protect(client, stream, packet(sequence, 10)));
    }
    assertThat(open(server, tooLate)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(SrtpProfile.class)
  void agreesWithAnotherImplementation(SrtpProfile profile) throws Exception {
    // Without a choice it measures all its ciphers first.
    Aes.setFactoryClassName("org.jitsi.srtp.crypto.Aes$SunJCECipherFactory");
    byte[] exported = keys(profile);
    int k = profile.keyLength();
    SrtpPolicy policy =
        new SrtpPolicy(SrtpPolicy.AESGCM_ENCRYPTION, k, SrtpPolicy.NULL_AUTHENTICATION, 0, 16, 12);
    SrtpContextFactory factory =
        new SrtpContextFactory(
            false,
            Arrays.copyOf(exported, k),
            Arrays.copyOfRange(exported, 2 * k, 2 * k + 12),
            policy,
            policy,
            new LoggerImpl("test"));
    SrtpSession ours = new SrtpSession(profile, exported, true);
    byte[] packet = packet(77, 300);
    JitsiBuffer rtp = new JitsiBuffer(protect(ours, ours.stream(SSRC), packet));
    SrtpCryptoContext theirs = factory.deriveContext(SSRC, 0);
    assertThat(theirs.reverseTransformPacket(rtp, false)).isEqualTo(SrtpErrorStatus.OK);
    assertThat(rtp.content()).isEqualTo(packet);

    byte[] report = new byte[28];
    report[0] = (byte) 0x80;
    report[1] = (byte) 200;
    Wire.put16(report, 2, 6);
    Wire.put32(report, 4, SSRC);
    byte[] sealed = new byte[28 + SrtpSession.RTCP_OVERHEAD];
    ours.protectRtcp(report, 0, 28, sealed, 0);
    JitsiBuffer rtcp = new JitsiBuffer(sealed);
    SrtcpCryptoContext control = factory.deriveControlContext(SSRC);
    assertThat(control.reverseTransformPacket(rtcp)).isEqualTo(SrtpErrorStatus.OK);
    assertThat(rtcp.content()).isEqualTo(report);
  }

  @Test
  void opensRtcpOnceAndOnlyWhenItIsEncrypted() {
    SrtpProfile profile = SrtpProfile.AEAD_AES_128_GCM;
    SrtpSession client = new SrtpSession(profile, keys(profile), true);
    SrtpSession server = new SrtpSession(profile, keys(profile), false);
    byte[] report = new byte[32];
    report[0] = (byte) 0x81;
    report[1] = (byte) 201;
    byte[] sealed = new byte[32 + SrtpSession.RTCP_OVERHEAD];
    byte[] plain = new byte[2048];
    int length = client.protectRtcp(report, 0, 32, sealed, 0);

    assertThat(length).isEqualTo(sealed.length);
    assertThat(server.openRtcp(sealed, 0, length, plain, 0)).isEqualTo(32);
    assertThat(server.openRtcp(sealed, 0, length, plain, 0)).isEqualTo(SrtpSession.REJECTED);
    sealed[length - 4] &= 0x7f;
    assertThat(server.openRtcp(sealed, 0, length, plain, 0)).isEqualTo(SrtpSession.REJECTED);
  }

  @Test
  void sealsNoTwoPacketsUnderOneNumber() {
    byte[] keys = new byte[SrtpProfile.AEAD_AES_128_GCM.exportLength()];
    SrtpSession session = new SrtpSession(SrtpProfile.AEAD_AES_128_GCM, keys, true);
    SrtpSession.Stream stream = session.stream(9);
    byte[] payload = new byte[50];
    byte[] out = new byte[100];
    int refused = 0;
    for (int sequence : new int[] {65_535, 0, 1, 65_535, 3, 2, 1, 3}) {
      out[2] = (byte) (sequence >> 8);
      out[3] = (byte) sequence;
      refused += session.protect(stream, out, 0, 12, payload, 0, 50) < 0 ? 1 : 0;
    }

    assertThat(refused).isEqualTo(3);
  }

  @Test
  void survivesRandomDatagrams() {
    SrtpProfile profile = SrtpProfile.AEAD_AES_128_GCM;
    SrtpSession server = new SrtpSession(profile, keys(profile), false);
    Random random = new Random(3);
    byte[] plain = new byte[2048];
    for (int i = 0; i < 20_000; i++) {
      byte[] datagram = new byte[random.nextInt(100)];
      random.nextBytes(datagram);
      int header = 12 + 4 * random.nextInt(8);
      assertThat(server.open(datagram, 0, datagram.length, header, plain, 0)).isNegative();
      assertThat(server.openRtcp(datagram, 0, datagram.length, plain, 0)).isNegative();
    }
  }
}
