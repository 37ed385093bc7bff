package dev.weir.relay.transport;

import dev.weir.relay.AddressGuard;
import dev.weir.relay.dtls.DtlsIdentity;
import dev.weir.relay.dtls.DtlsKeys;
import dev.weir.relay.dtls.DtlsPeer;
import dev.weir.relay.dtls.Fingerprint;
import dev.weir.relay.ice.Candidate;
import dev.weir.relay.ice.IceAgent;
import dev.weir.relay.ice.IceCredentials;
import dev.weir.relay.ice.IcePath;
import dev.weir.relay.loop.EventLoop;
import dev.weir.relay.rtp.Rtp;
import dev.weir.relay.srtp.SrtpSession;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A media connection. All methods are for the loop's thread, which also makes all calls to the
 * receiver.
 */
public final class MediaTransport implements SecurePath {
  private static final long UNREACHABLE_LIMIT = 1_000_000_000L;
  private static final long TCP_HEAD_START = 400_000_000L;

  /** A server may name and repeat so many; it gets no port scanned through this relay. */
  private static final int MAX_CANDIDATES = 64;

  private final EventLoop loop;
  private final Settings settings;
  private final Receiver receiver;
  private final DtlsPeer dtls;
  private final List<TcpPath> tcpPaths = new ArrayList<>();
  private IceAgent ice;
  private @Nullable UdpSocket udp;
  private @Nullable IcePath path;
  private @Nullable InetSocketAddress udpRemote;
  private @Nullable SrtpSession srtp;
  private @Nullable Fingerprint fingerprint;
  private boolean dtlsClient;
  private boolean dtlsStarted;
  private boolean closed;
  private int candidates;
  private long lastReceived;

  /** What is common to the connections of an engine. */
  public record Settings(
      DtlsIdentity identity, SecureRandom random, int socketBuffer, String name) {}

  /** Takes plain packets, which lie in the loop's buffers and are only valid during the call. */
  public interface Receiver {
    void rtp(byte[] bytes, int off, int len, long arrivalNanos);

    void rtcp(byte[] bytes, int off, int len, long arrivalNanos);

    /** Media can be sent. */
    void up();

    /** The path is gone; {@link MediaTransport#restart} may find another. */
    void pathLost(String why);

    /** A restart found a path. */
    void recovered();

    /** The connection is of no use any more. */
    void lost(String why);

    /** A candidate was refused by the guard. */
    void refused(Candidate candidate);
  }

  public MediaTransport(
      EventLoop loop, Settings settings, IceCredentials local, Receiver receiver) {
    this.loop = loop;
    this.settings = settings;
    this.receiver = receiver;
    this.ice = new IceAgent(local, settings.random(), new IceEvents());
    this.dtls = new DtlsPeer(new DtlsEvents());
  }

  /** Begins to connect; candidates may come before and after. */
  public void connect(IceCredentials remote, Fingerprint expected, boolean client) {
    fingerprint = expected;
    dtlsClient = client;
    ice.start(remote, System.nanoTime());
    tick(ice);
  }

  /** This side's credentials of the path that is used or looked for. */
  public IceCredentials local() {
    return ice.local();
  }

  /** Whether {@link #connect} was called. */
  public boolean connecting() {
    return ice.started();
  }

  /**
   * Looks for a path anew with new credentials, keeping DTLS and SRTP; candidates must be added
   * again.
   */
  public void restart(IceCredentials local, IceCredentials remote) {
    ice = new IceAgent(local, settings.random(), new IceEvents());
    candidates = 0;
    path = null;
    udpRemote = null;
    try {
      if (udp != null) {
        udp.disconnect();
      }
    } catch (IOException e) {
      receiver.lost("cannot leave the old path: " + e.getMessage());
    }
    ice.start(remote, System.nanoTime());
    tick(ice);
  }

  public void addCandidate(Candidate candidate, AddressGuard guard) {
    if (closed || ++candidates > MAX_CANDIDATES) {
      return;
    }
    if (!guard.allows(candidate.address().getAddress())) {
      receiver.refused(candidate);
      return;
    }
    if (candidate.tcp()) {
      loop.schedule(TCP_HEAD_START, () -> openTcp(candidate));
      return;
    }
    try {
      UdpSocket socket = udp;
      if (socket == null) {
        socket = new UdpSocket(loop, settings.socketBuffer(), new UdpEvents());
        udp = socket;
      }
      ice.add(socket.path(candidate));
    } catch (IOException e) {
      receiver.lost("no UDP socket: " + e.getMessage());
    }
  }

  private void openTcp(Candidate candidate) {
    if (closed || path != null) {
      return;
    }
    try {
      TcpPath tcp = new TcpPath(loop, candidate, settings.socketBuffer(), new TcpEvents());
      if (ice.add(tcp)) {
        tcpPaths.add(tcp);
      } else {
        tcp.close();
      }
    } catch (IOException e) {
      // Not reachable; other candidates may be.
      receiver.refused(candidate);
    }
  }

  private void tick(IceAgent agent) {
    if (closed || agent != ice) {
      return;
    }
    agent.tick(System.nanoTime());
    loop.schedule(agent.nextTick(), () -> tick(agent));
  }

  @Override
  public @Nullable SrtpSession srtp() {
    return srtp;
  }

  @Override
  public boolean send(byte[] bytes, int off, int len) {
    UdpSocket socket = udp;
    InetSocketAddress remote = udpRemote;
    if (socket != null && remote != null) {
      return socket.send(bytes, off, len, remote);
    }
    IcePath over = path;
    if (over != null) {
      over.send(bytes, off, len);
      return true;
    }
    return false;
  }

  @Override
  public void sendRtcp(byte[] plain, int off, int len) {
    SrtpSession session = srtp;
    if (session != null) {
      byte[] out = loop.scratch();
      int sealed = session.protectRtcp(plain, off, len, out, 0);
      send(out, 0, sealed);
    }
  }

  @Override
  public long roundTrip() {
    return ice.roundTrip();
  }

  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    dtls.close();
    tcpPaths.forEach(TcpPath::close);
    UdpSocket socket = udp;
    if (socket != null) {
      // After the DTLS goodbye, which its own thread still sends through this loop.
      loop.schedule(50_000_000L, socket::close);
    }
  }

  private void datagram(
      byte[] b, int off, int len, InetSocketAddress from, @Nullable IcePath over) {
    if (len < 1) {
      return;
    }
    long now = System.nanoTime();
    lastReceived = now;
    int first = b[off] & 0xff;
    if (first >= 128 && first < 192) {
      media(b, off, len, now);
    } else if (first < 4) {
      ice.receive(b, off, len, from, over, now);
    } else if (first >= 20 && first < 64) {
      dtls.feed(b, off, len);
    }
  }

  private void media(byte[] b, int off, int len, long now) {
    SrtpSession session = srtp;
    if (session == null || len < 8) {
      return;
    }
    byte[] plain = loop.plain();
    int type = b[off + 1] & 0x7f;
    if (type >= 64 && type < 96) {
      int length = session.openRtcp(b, off, len, plain, 0);
      if (length > 0) {
        receiver.rtcp(plain, 0, length, now);
      }
    } else if (Rtp.hasValidHeader(b, off, len)) {
      int length = session.open(b, off, len, Rtp.headerLength(b, off), plain, 0);
      if (length > 0 && Rtp.isValid(plain, 0, length)) {
        receiver.rtp(plain, 0, length, now);
      }
    }
  }

  private void startDtls() {
    Fingerprint expected = fingerprint;
    if (!dtlsStarted && expected != null) {
      dtlsStarted = true;
      dtls.start(settings.identity(), expected, dtlsClient, settings.name());
    }
  }

  private final class IceEvents implements IceAgent.Events {
    @Override
    public void selected(IcePath selected) {
      path = selected;
      udpRemote = null;
      try {
        UdpSocket socket = udp;
        if (socket != null && !selected.candidate().tcp()) {
          udpRemote = selected.candidate().address();
          socket.connect(selected.candidate().address());
          for (TcpPath unused : tcpPaths) {
            unused.close();
          }
          tcpPaths.clear();
        }
        startDtls();
        if (srtp != null) {
          receiver.recovered();
        }
      } catch (IOException e) {
        lost("cannot connect the socket: " + e.getMessage());
      }
    }

    @Override
    public void lost(String why) {
      path = null;
      if (!closed) {
        receiver.pathLost(why);
      }
    }
  }

  private final class UdpEvents implements UdpSocket.Datagrams {
    @Override
    public void datagram(byte[] bytes, int off, int len, InetSocketAddress from) {
      MediaTransport.this.datagram(bytes, off, len, from, null);
    }

    @Override
    public void unreachable() {
      if (!closed && path != null && System.nanoTime() - lastReceived > UNREACHABLE_LIMIT) {
        path = null;
        receiver.lost("nobody listens at the other side any more");
      }
    }
  }

  private final class TcpEvents implements TcpPath.Frames {
    @Override
    public void frame(TcpPath over, byte[] bytes, int off, int len) {
      datagram(bytes, off, len, over.candidate().address(), over);
    }

    @Override
    public void broken(TcpPath over) {
      tcpPaths.remove(over);
      if (!closed) {
        ice.broken(over);
      }
    }
  }

  private final class DtlsEvents implements DtlsPeer.Events {
    @Override
    public void send(byte[] bytes, int off, int len) {
      byte[] copy = java.util.Arrays.copyOfRange(bytes, off, off + len);
      loop.execute(() -> MediaTransport.this.send(copy, 0, copy.length));
    }

    @Override
    public void ready(DtlsKeys keys) {
      SrtpSession session = new SrtpSession(keys.profile(), keys.exported(), keys.client());
      loop.execute(
          () -> {
            if (!closed) {
              srtp = session;
              receiver.up();
            }
          });
    }

    @Override
    public void ended(String why) {
      loop.execute(
          () -> {
            if (!closed) {
              receiver.lost("DTLS: " + why);
            }
          });
    }
  }
}
