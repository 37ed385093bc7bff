package dev.weir.relay.ice;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IceAgentTest {
  private static final IceCredentials SERVER =
      new IceCredentials("srv1", "server-password-of-24-chars");

  private final List<String> events = new ArrayList<>();
  private final IceAgent agent =
      new IceAgent(
          IceCredentials.random(new Random(1)),
          new Random(2),
          new IceAgent.Events() {
            @Override
            public void selected(IcePath path) {
              events.add("selected " + (path.candidate().tcp() ? "tcp" : "udp"));
            }

            @Override
            public void lost(String why) {
              events.add("lost " + why);
            }
          });
  private long now = 1_000_000_000L;

  private static final class FakePath implements IcePath {
    final Candidate candidate;
    final Deque<byte[]> sent = new ArrayDeque<>();

    FakePath(boolean tcp, int port) {
      candidate =
          new Candidate(tcp, new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
    }

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
  }

  private void advance(long millis) {
    for (long i = 0; i < millis; i += 10) {
      now += 10_000_000L;
      agent.tick(now);
    }
  }

  /** The server answers everything that came over the path. */
  private void answerAll(FakePath path) {
    while (!path.sent.isEmpty()) {
      byte[] check = path.sent.poll();
      if (Stun.type(check, 0) == Stun.BINDING_REQUEST) {
        byte[] success =
            Stun.success(
                Stun.transaction(check, 0),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 9),
                SERVER.password());
        agent.receive(
            success,
            0,
            success.length,
            path.candidate.address(),
            path.candidate.tcp() ? path : null,
            now);
      }
    }
  }

  @Test
  void nominatesTheUdpPathThatAnswersAndSelectsItOnce() {
    FakePath path = new FakePath(false, 1000);
    agent.add(path);
    agent.start(SERVER, now);
    advance(60);
    answerAll(path);
    answerAll(path);

    assertThat(events).containsExactly("selected udp");
  }

  @Test
  void prefersUdpThatAnswersALittleLater() {
    FakePath tcp = new FakePath(true, 1000);
    FakePath udp = new FakePath(false, 1001);
    agent.add(tcp);
    agent.add(udp);
    agent.start(SERVER, now);
    advance(100);
    answerAll(tcp);
    advance(300);
    answerAll(udp);
    answerAll(udp);

    assertThat(events).containsExactly("selected udp");
  }

  @Test
  void fallsBackToTcpWhenUdpStaysSilent() {
    FakePath tcp = new FakePath(true, 1000);
    agent.add(new FakePath(false, 1001));
    agent.add(tcp);
    agent.start(SERVER, now);
    for (int i = 0; i < 20; i++) {
      advance(50);
      answerAll(tcp);
    }

    assertThat(events).containsExactly("selected tcp");
  }

  @Test
  void givesUpWhenNobodyAnswers() {
    agent.add(new FakePath(false, 1000));
    agent.start(SERVER, now);
    advance(11_000);

    assertThat(events).containsExactly("lost no candidate answered");
  }

  @Test
  void losesConsentWithinSecondsAndKeepsItWhileTheServerAnswers() {
    FakePath path = new FakePath(false, 1000);
    agent.add(path);
    agent.start(SERVER, now);
    for (int i = 0; i < 600; i++) {
      advance(100);
      answerAll(path);
    }
    assertThat(events).containsExactly("selected udp");

    advance(8_500);

    assertThat(events).containsExactly("selected udp", "lost consent is gone");
  }

  @Test
  void ignoresAnswersThatItDidNotAskFor() {
    FakePath path = new FakePath(false, 1000);
    agent.add(path);
    agent.start(SERVER, now);
    byte[] success = Stun.success(new byte[12], path.candidate.address(), SERVER.password());
    agent.receive(success, 0, success.length, path.candidate.address(), null, now);
    agent.receive(success, 0, success.length, path.candidate.address(), null, now);

    assertThat(events).isEmpty();
  }

  @Test
  void triesABoundedNumberOfCandidates() {
    for (int port = 1; port <= IceAgent.MAX_PATHS; port++) {
      assertThat(agent.add(new FakePath(false, port))).isTrue();
    }
    assertThat(agent.add(new FakePath(false, 5000))).isFalse();
  }

  @Test
  void readsOnlyCandidatesWithLiteralAddresses() {
    assertThat(Candidate.parse("candidate:1 1 udp 2130706431 127.0.0.1 7882 typ host")).isPresent();
    assertThat(
            Candidate.parse("a=candidate:1 1 TCP 1 ::1 7881 typ host tcptype passive generation 0"))
        .isPresent();
    assertThat(Candidate.parse("candidate:1 1 tcp 1 ::1 9 typ host tcptype active")).isEmpty();
    assertThat(Candidate.parse("candidate:1 1 udp 1 evil.example 7882 typ host")).isEmpty();
    assertThat(Candidate.parse("candidate:1 1 udp 1 x.local 7882 typ host")).isEmpty();
    assertThat(Candidate.parse("candidate:1 2 udp 1 127.0.0.1 7882 typ host")).isEmpty();
    assertThat(Candidate.parse("candidate:1 1 udp 1 127.0.0.1 99999 typ host")).isEmpty();
    assertThat(Candidate.parse("candidate:1 1 udp 1 127.0.0.1")).isEmpty();
  }
}
