package dev.weir.relay.dtls;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSServerProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.DatagramTransport;

/**
 * One DTLS association. A virtual thread shakes hands and then waits for the peer's goodbye; the
 * owner feeds it the datagrams and sends what it is given.
 */
public final class DtlsPeer {
  /** BouncyCastle retransmits from 1 s on; by this time a handshake has failed. */
  private static final int HANDSHAKE_MILLIS = 10_000;

  private static final int MTU = 1200;
  private static final int RECEIVE_LIMIT = 1500;
  private static final byte[] END = new byte[0];

  private final BlockingQueue<byte[]> incoming = new ArrayBlockingQueue<>(64);
  private final Events events;
  private final Wire wire = new Wire();
  private volatile boolean closed;

  /** What happens to the association; called on its own virtual thread. */
  public interface Events {
    /** Sends a datagram; must copy it if it is kept. */
    void send(byte[] bytes, int off, int len);

    void ready(DtlsKeys keys);

    /** The handshake failed, or the peer said goodbye. */
    void ended(String why);
  }

  public DtlsPeer(Events events) {
    this.events = events;
  }

  /** Begins; {@code client} decides who speaks first. */
  public void start(DtlsIdentity identity, Fingerprint expected, boolean client, String name) {
    Thread.ofVirtual().name("dtls-" + name).start(() -> run(identity, expected, client));
  }

  /** Takes a datagram of the peer; drops it when the association cannot keep up. */
  public void feed(byte[] b, int off, int len) {
    incoming.offer(Arrays.copyOfRange(b, off, off + len));
  }

  /** Says goodbye and ends the thread. */
  public void close() {
    closed = true;
    incoming.clear();
    incoming.offer(END);
  }

  private void run(DtlsIdentity identity, Fingerprint expected, boolean client) {
    try {
      DTLSTransport transport = shakeHands(identity, expected, client);
      byte[] application = new byte[RECEIVE_LIMIT];
      while (!closed) {
        // Also answers a handshake message that the peer sends again because ours was lost.
        transport.receive(application, 0, application.length, 60_000);
      }
      transport.close();
    } catch (IOException | RuntimeException e) {
      // A parser that trips over what the peer sent ends this association and nothing else.
      if (!closed) {
        String why = e.getMessage();
        events.ended(why == null ? e.getClass().getSimpleName() : why);
      }
    }
  }

  private DTLSTransport shakeHands(DtlsIdentity identity, Fingerprint expected, boolean client)
      throws IOException {
    if (client) {
      ClientHandshake handshake = new ClientHandshake(identity, expected, HANDSHAKE_MILLIS);
      DTLSTransport transport = new DTLSClientProtocol().connect(handshake, wire);
      events.ready(handshake.keys());
      return transport;
    }
    ServerHandshake handshake = new ServerHandshake(identity, expected, HANDSHAKE_MILLIS);
    DTLSTransport transport = new DTLSServerProtocol().accept(handshake, wire);
    events.ready(handshake.keys());
    return transport;
  }

  private final class Wire implements DatagramTransport {
    @Override
    public int getReceiveLimit() {
      return RECEIVE_LIMIT;
    }

    @Override
    public int getSendLimit() {
      return MTU;
    }

    @Override
    public int receive(byte[] buffer, int off, int len, int waitMillis) throws IOException {
      try {
        byte[] datagram = incoming.poll(Math.max(1, waitMillis), TimeUnit.MILLISECONDS);
        if (closed || datagram == END) {
          throw new IOException("closed");
        }
        if (datagram == null) {
          return -1;
        }
        int taken = Math.min(len, datagram.length);
        System.arraycopy(datagram, 0, buffer, off, taken);
        return taken;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }

    @Override
    public void send(byte[] bytes, int off, int len) {
      events.send(bytes, off, len);
    }

    @Override
    public void close() {}
  }
}
