package dev.weir.relay.transport;

import dev.weir.relay.ice.Candidate;
import dev.weir.relay.ice.IcePath;
import dev.weir.relay.loop.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/**
 * The UDP socket of one connection. While ICE looks for a path it talks to every candidate; then it
 * is connected to the chosen one, which makes reads and writes cheaper and shuts out everybody
 * else.
 */
final class UdpSocket {
  /** Datagrams taken from one socket before the others get their turn. */
  private static final int READ_BATCH = 64;

  private final EventLoop loop;
  private final DatagramChannel channel;
  private final Datagrams datagrams;
  private @Nullable InetSocketAddress connected;

  /** Takes what arrives; the bytes are only valid during the call. */
  interface Datagrams {
    void datagram(byte[] bytes, int off, int len, InetSocketAddress from);

    /** The other side's host says that nobody listens there. */
    void unreachable();
  }

  UdpSocket(EventLoop loop, int bufferBytes, Datagrams datagrams) throws IOException {
    this.loop = loop;
    this.datagrams = datagrams;
    this.channel = DatagramChannel.open();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.SO_RCVBUF, bufferBytes);
    channel.setOption(StandardSocketOptions.SO_SNDBUF, bufferBytes);
    channel.bind(null);
    loop.register(channel, SelectionKey.OP_READ, key -> read());
  }

  IcePath path(Candidate candidate) {
    return new Path(candidate);
  }

  private final class Path implements IcePath {
    private final Candidate candidate;

    Path(Candidate candidate) {
      this.candidate = candidate;
    }

    @Override
    public Candidate candidate() {
      return candidate;
    }

    @Override
    public boolean open() {
      return connected == null || connected.equals(candidate.address());
    }

    @Override
    public void send(byte[] bytes, int off, int len) {
      UdpSocket.this.send(bytes, off, len, candidate.address());
    }
  }

  void connect(InetSocketAddress to) throws IOException {
    if (to.equals(connected)) {
      return;
    }
    if (connected != null) {
      channel.disconnect();
    }
    channel.connect(to);
    connected = to;
  }

  /** Back to talking to every candidate, for an ICE restart. */
  void disconnect() throws IOException {
    channel.disconnect();
    connected = null;
  }

  /** Sends one datagram; false when the socket's buffer is full or the network refuses. */
  boolean send(byte[] bytes, int off, int len, InetSocketAddress to) {
    try {
      ByteBuffer buffer = loop.writeBuffer().clear().put(bytes, off, len).flip();
      return (connected != null ? channel.write(buffer) : channel.send(buffer, to)) > 0;
    } catch (PortUnreachableException e) {
      datagrams.unreachable();
      return false;
    } catch (IOException e) {
      // No route just now; consent decides whether the connection is lost.
      return false;
    }
  }

  private void read() {
    byte[] bytes = loop.received();
    ByteBuffer buffer = loop.readBuffer();
    for (int i = 0; i < READ_BATCH && channel.isOpen(); i++) {
      try {
        buffer.clear();
        InetSocketAddress from = connected;
        if (from != null) {
          if (channel.read(buffer) <= 0) {
            return;
          }
        } else {
          SocketAddress sender = channel.receive(buffer);
          if (!(sender instanceof InetSocketAddress address)) {
            return;
          }
          from = address;
        }
        buffer.flip();
        int length = buffer.remaining();
        buffer.get(bytes, 0, length);
        datagrams.datagram(bytes, 0, length, from);
      } catch (PortUnreachableException e) {
        datagrams.unreachable();
      } catch (IOException e) {
        return;
      }
    }
  }

  void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Closing cannot fail in a way that matters: the descriptor is gone either way.
      connected = null;
    }
  }
}
