package dev.weir.relay.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.relay.dtls.DtlsIdentity;
import dev.weir.relay.dtls.DtlsKeys;
import dev.weir.relay.dtls.DtlsPeer;
import dev.weir.relay.forward.LayerForwarder;
import dev.weir.relay.forward.LegMeter;
import dev.weir.relay.forward.OutStream;
import dev.weir.relay.forward.PublishMedia;
import dev.weir.relay.forward.PullMedia;
import dev.weir.relay.forward.SourceClock;
import dev.weir.relay.ice.Candidate;
import dev.weir.relay.ice.IceAgent;
import dev.weir.relay.ice.IceCredentials;
import dev.weir.relay.ice.IcePath;
import dev.weir.relay.loop.EventLoop;
import dev.weir.relay.rtcp.RtcpWriter;
import dev.weir.relay.rtp.HeaderTemplate;
import dev.weir.relay.rtp.Rtp;
import dev.weir.relay.sdp.SdpAnswer;
import dev.weir.relay.srtp.SrtpProfile;
import dev.weir.relay.srtp.SrtpSession;
import dev.weir.relay.transport.SecurePath;
import dev.weir.relay.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Datagrams and answers of a server that means ill. */
class HostilePacketsTest {
  private static final int SSRC = 77;
  private static final long LITTLE = 64 * 1024;

  private static byte[] packet(String hex) {
    return java.util.HexFormat.of().parseHex(hex);
  }

  /** A path that seals and forgets. */
  private static SecurePath sink() {
    byte[] keys = new byte[SrtpProfile.AEAD_AES_128_GCM.exportLength()];
    new Random(1).nextBytes(keys);
    SrtpSession session = new SrtpSession(SrtpProfile.AEAD_AES_128_GCM, keys, true);
    return new SecurePath() {
      @Override
      public @Nullable SrtpSession srtp() {
        return session;
      }

      @Override
      public boolean send(byte[] bytes, int off, int len) {
        return true;
      }

      @Override
      public void sendRtcp(byte[] plain, int off, int len) {}
    };
  }

  @Test
  void rtpAndRtcpOfASource() throws Exception {
    Mutations mutations = new Mutations("rtp and rtcp");
    List<byte[]> rtp = new ArrayList<>();
    for (int size : new int[] {12, 40, 200, 1200}) {
      byte[] plain = new byte[size];
      plain[0] = (byte) 0x80;
      plain[1] = 96;
      Wire.put32(plain, 8, SSRC);
      rtp.add(plain);
      byte[] extended = plain.clone();
      if (size > 40) {
        extended[0] = (byte) 0x90;
        Wire.put32(extended, 12, 0xBEDE0003);
        Wire.put32(extended, 16, 0x10303132);
        Wire.put32(extended, 20, 0x51aabb00);
        Wire.put32(extended, 24, 0);
        rtp.add(extended);
      }
    }
    byte[] b = new byte[300];
    int nack = RtcpWriter.beginNack(b, 0, 1, 88);
    nack += RtcpWriter.nackItem(b, nack, 500, 0xffff);
    RtcpWriter.endNack(b, 0, nack);
    List<byte[]> rtcp =
        List.of(
            Arrays.copyOf(b, nack),
            Arrays.copyOf(b, RtcpWriter.pli(b, 0, 1, SSRC)),
            Arrays.copyOf(b, RtcpWriter.remb(b, 0, 1, 1_000_000, new int[] {SSRC}, 1)),
            packet("80c80006" + "0000004d" + "e1e2e3e4e5e6e7e8" + "010203040000000500000006"),
            packet("81ca0002000000010102030484ce0004000000010000000000000007010000000000"));
    List<Throwable> failures = new CopyOnWriteArrayList<>();
    try (EventLoop loop = new EventLoop("fuzz", failures::add)) {
      LegMeter meter = new LegMeter();
      PullMedia pull = new PullMedia(loop, 1, meter);
      LayerForwarder forwarder = new LayerForwarder(2, true, meter, new SourceClock(), () -> {});
      OutStream out =
          new OutStream(88, 2, new HeaderTemplate(96, 88, "1", "f"), 90_000, 500, 64 * 1024, meter);
      PublishMedia publish = new PublishMedia();
      publish.attach(sink());
      publish.add(out);
      CompletableFuture.runAsync(
              () -> {
                forwarder.add(out);
                pull.attach(sink());
                pull.sif().trailer(new byte[] {1, 2, 3});
                pull.bind(List.of(new PullMedia.Binding("012", SSRC, forwarder, true)));
                try {
                  mutations.feed(
                      rtp,
                      4 * LITTLE,
                      input -> {
                        // As the transport does: what passes there gets here.
                        if (input.length >= 12
                            && Rtp.hasValidHeader(input, 0, input.length)
                            && Rtp.isValid(input, 0, input.length)) {
                          pull.rtp(input, 0, input.length, System.nanoTime());
                        }
                      });
                  mutations.feed(
                      rtcp,
                      LITTLE,
                      input -> {
                        pull.rtcp(input, 0, input.length, System.nanoTime());
                        publish.rtcp(input, 0, input.length, System.nanoTime());
                      });
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
                pull.close();
              },
              loop)
          .get(60, TimeUnit.SECONDS);
      assertThat(meter.read().out().get(2).packets()).isPositive();
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void stunOfAnybody() throws Exception {
    Mutations mutations = new Mutations("stun");
    Candidate candidate =
        Candidate.parse("candidate:1 1 udp 2130706431 127.0.0.1 4000 typ host").orElseThrow();
    List<byte[]> sent = new ArrayList<>();
    IcePath path =
        new IcePath() {
          @Override
          public Candidate candidate() {
            return candidate;
          }

          @Override
          public boolean open() {
            return true;
          }

          @Override
          public void send(byte[] bytes, int off, int len) {
            sent.add(Arrays.copyOfRange(bytes, off, off + len));
          }
        };
    List<String> selected = new ArrayList<>();
    IceAgent agent =
        new IceAgent(
            new IceCredentials("ours", "passwordpasswordpassword"),
            new Random(2),
            new IceAgent.Events() {
              @Override
              public void selected(IcePath chosen) {
                selected.add("selected");
              }

              @Override
              public void lost(String why) {}
            });
    agent.add(path);
    agent.start(new IceCredentials("their", "anotherpasswordanother12"), 0);
    agent.tick(1);
    byte[] check = sent.getFirst();
    byte[] answer = check.clone();
    answer[0] = 1;
    answer[1] = 1;
    mutations.feed(
        List.of(check, answer),
        LITTLE,
        input -> {
          sent.clear();
          agent.receive(input, 0, input.length, candidate.address(), null, 2);
          // Nothing that lacks the password gets an answer or a nomination.
          assertThat(sent).isEmpty();
        });
    assertThat(selected).isEmpty();
  }

  @Test
  void dtlsRecords() throws Exception {
    Mutations mutations = new Mutations("dtls");
    DtlsIdentity identity = DtlsIdentity.create(new SecureRandom(), Instant.now());
    List<byte[]> records = recorded(identity);
    int rounds = Mutations.INPUTS / 100;
    for (int round = 0; round < rounds; round++) {
      CompletableFuture<String> ended = new CompletableFuture<>();
      DtlsPeer peer =
          new DtlsPeer(
              new DtlsPeer.Events() {
                @Override
                public void send(byte[] bytes, int off, int len) {}

                @Override
                public void ready(DtlsKeys keys) {
                  ended.complete("ready");
                }

                @Override
                public void ended(String why) {
                  ended.complete(why);
                }
              });
      peer.start(identity, identity.fingerprint(), round % 2 == 0, "fuzz");
      for (int i = 0; i < 100; i++) {
        byte[] record = mutations.damaged(records.get(mutations.random.nextInt(records.size())));
        peer.feed(record, 0, record.length);
      }
      peer.close();
      if (ended.isDone()) {
        assertThat(ended.join()).isNotEqualTo("ready");
      }
    }
  }

  /** What two honest sides send each other. */
  private static List<byte[]> recorded(DtlsIdentity identity) throws Exception {
    List<byte[]> records = new CopyOnWriteArrayList<>();
    DtlsPeer[] peers = new DtlsPeer[2];
    List<CompletableFuture<DtlsKeys>> ready =
        List.of(new CompletableFuture<>(), new CompletableFuture<>());
    for (int i = 0; i < 2; i++) {
      int self = i;
      peers[i] =
          new DtlsPeer(
              new DtlsPeer.Events() {
                @Override
                public void send(byte[] bytes, int off, int len) {
                  records.add(Arrays.copyOfRange(bytes, off, off + len));
                  peers[1 - self].feed(bytes, off, len);
                }

                @Override
                public void ready(DtlsKeys keys) {
                  ready.get(self).complete(keys);
                }

                @Override
                public void ended(String why) {}
              });
    }
    peers[1].start(identity, identity.fingerprint(), false, "server");
    peers[0].start(identity, identity.fingerprint(), true, "client");
    for (CompletableFuture<DtlsKeys> each : ready) {
      each.get(20, TimeUnit.SECONDS);
    }
    peers[0].close();
    peers[1].close();
    return List.copyOf(records);
  }

  @Test
  void answers() throws Exception {
    Mutations mutations = new Mutations("sdp");
    String good =
        """
        v=0
        o=- 1 1 IN IP4 127.0.0.1
        s=-
        a=group:BUNDLE 0 1
        m=audio 9 UDP/TLS/RTP/SAVPF 111
        a=ice-ufrag:abcd
        a=ice-pwd:0123456789012345678901
        a=fingerprint:sha-256 %s
        a=setup:active
        a=mid:0
        a=ssrc:1234 cname:x
        a=sendrecv
        a=candidate:1 1 udp 2130706431 127.0.0.1 7882 typ host
        a=candidate:2 1 tcp 1671430143 ::1 7881 typ host tcptype passive
        m=video 9 UDP/TLS/RTP/SAVPF 96
        a=mid:1
        a=recvonly
        """
            .formatted("AA:".repeat(31) + "AA");
    mutations.feed(
        List.of(good.getBytes(StandardCharsets.ISO_8859_1)),
        20 * LITTLE,
        input -> {
          try {
            SdpAnswer answer = SdpAnswer.parse(new String(input, StandardCharsets.ISO_8859_1));
            assertThat(answer.candidates()).hasSizeLessThanOrEqualTo(64);
          } catch (SdpAnswer.Malformed e) {
            assertThat(e).hasMessageNotContaining("0123456789");
          }
        });
  }
}
