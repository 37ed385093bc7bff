package dev.weir.relay.transport;

import dev.weir.relay.ice.Candidate;
import dev.weir.relay.ice.IcePath;
import dev.weir.relay.loop.EventLoop;
import dev.weir.relay.wire.Wire;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** An ICE-TCP connection (RFC 6544) to one passive candidate, framed as RFC 4571 says. */
final class TcpPath implements IcePath {
  private static final int OUT_LIMIT = 256 * 1024;

  private final EventLoop loop;
  private final Candidate candidate;
  private final Frames frames;
  private final SocketChannel channel;
  private final SelectionKey key;
  private final ByteBuffer in = ByteBuffer.allocate(16 * 1024);
  private final ByteBuffer out = ByteBuffer.allocate(OUT_LIMIT).limit(0);
  private boolean open;

  /** Takes what arrives; the bytes are only valid during the call. */
  interface Frames {
    void frame(TcpPath path, byte[] bytes, int off, int len);

    void broken(TcpPath path);
  }

  TcpPath(EventLoop loop, Candidate candidate, int bufferBytes, Frames frames) throws IOException {
    this.loop = loop;
    this.candidate = candidate;
    this.frames = frames;
    this.channel = SocketChannel.open();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.setOption(StandardSocketOptions.SO_RCVBUF, bufferBytes);
    boolean atOnce = channel.connect(candidate.address());
    open = atOnce;
    key =
        loop.register(
            channel, atOnce ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, this::ready);
  }

  @Override
  public Candidate candidate() {
    return candidate;
  }

  @Override
  public boolean open() {
    return open;
  }

  @Override
  public void send(byte[] bytes, int off, int len) {
    if (!open) {
      return;
    }
    out.compact();
    if (out.remaining() >= len + 2) {
      out.putShort((short) len).put(bytes, off, len);
    }
    out.flip();
    flush();
  }

  private void ready(SelectionKey ready) {
    try {
      if (ready.isConnectable() && channel.finishConnect()) {
        open = true;
        ready.interestOps(SelectionKey.OP_READ);
      }
      if (ready.isValid() && ready.isReadable()) {
        read();
      }
      if (ready.isValid() && ready.isWritable()) {
        flush();
      }
    } catch (IOException e) {
      fail();
    }
  }

  private void read() throws IOException {
    int count = channel.read(in);
    in.flip();
    while (in.remaining() >= 2) {
      int length = Wire.u16(in.array(), in.position());
      if (length > EventLoop.BUFFER) {
        throw new IOException("frame of " + length + " bytes");
      }
      if (in.remaining() < 2 + length) {
        break;
      }
      in.position(in.position() + 2);
      byte[] bytes = loop.received();
      in.get(bytes, 0, length);
      frames.frame(this, bytes, 0, length);
    }
    in.compact();
    if (count < 0) {
      fail();
    }
  }

  private void flush() {
    try {
      channel.write(out);
      key.interestOps(
          out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    } catch (IOException e) {
      fail();
    }
  }

  private void fail() {
    close();
    frames.broken(this);
  }

  void close() {
    open = false;
    try {
      channel.close();
    } catch (IOException e) {
      // The descriptor is gone either way.
      open = false;
    }
  }
}
