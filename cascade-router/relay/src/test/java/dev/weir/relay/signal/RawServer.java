package dev.weir.relay.signal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import javax.net.ServerSocketFactory;

/** A server for one WebSocket at a time that writes exactly the bytes it is told to. */
final class RawServer implements AutoCloseable {
  static final int BINARY = 2;
  static final int CONTINUATION = 0;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  private final ServerSocket listening;
  private final String scheme;

  RawServer() throws IOException {
    this(ServerSocketFactory.getDefault(), "ws");
  }

  RawServer(ServerSocketFactory sockets, String scheme) throws IOException {
    this.listening = sockets.createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    this.listening.setSoTimeout(10_000);
    this.scheme = scheme;
  }

  URI url(String host) {
    return URI.create(scheme + "://" + host + ":" + listening.getLocalPort());
  }

  /** The next connection, its request read. */
  Visitor accept() throws IOException {
    Socket socket = listening.accept();
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(10_000);
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        throw new IOException("gone before its request");
      }
      head.write(next);
    }
    return new Visitor(socket, head.toString(StandardCharsets.ISO_8859_1));
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }

  /** The client's side of a connection. */
  record Visitor(Socket socket, String request) implements AutoCloseable {
    String header(String name) {
      return request
          .lines()
          .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith(name + ":"))
          .map(line -> line.substring(name.length() + 1).strip())
          .findFirst()
          .orElse("");
    }

    byte[] welcome() {
      return ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              + "Sec-WebSocket-Accept: "
              + accept(header("sec-websocket-key"))
              + "\r\n\r\n")
          .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String accept(String key) {
      try {
        byte[] text =
            (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.ISO_8859_1);
        return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }

    /** Writes all of it at once. */
    void write(byte[]... parts) throws IOException {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (byte[] part : parts) {
        all.writeBytes(part);
      }
      socket.getOutputStream().write(all.toByteArray());
      socket.getOutputStream().flush();
    }

    /** The next frame of the client, unmasked: its first byte is the opcode. */
    byte[] frame() throws IOException {
      InputStream in = socket.getInputStream();
      int opcode = in.read() & 0x0f;
      int length = in.read() & 0x7f;
      if (length == 126) {
        length = ByteBuffer.wrap(in.readNBytes(2)).getShort() & 0xffff;
      }
      byte[] mask = in.readNBytes(4);
      byte[] payload = in.readNBytes(length);
      byte[] frame = new byte[1 + payload.length];
      frame[0] = (byte) opcode;
      for (int i = 0; i < payload.length; i++) {
        frame[1 + i] = (byte) (payload[i] ^ mask[i % 4]);
      }
      return frame;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  static byte[] frame(int opcode, boolean last, byte[] payload) {
    return frame(opcode, last, payload.length, payload);
  }

  /** A frame that announces a length of its own. */
  static byte[] frame(int opcode, boolean last, long announced, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(10 + payload.length);
    frame.put((byte) ((last ? 0x80 : 0) | opcode));
    if (announced < 126) {
      frame.put((byte) announced);
    } else if (announced < 65_536) {
      frame.put((byte) 126).putShort((short) announced);
    } else {
      frame.put((byte) 127).putLong(announced);
    }
    frame.put(payload);
    return java.util.Arrays.copyOf(frame.array(), frame.position());
  }
}
