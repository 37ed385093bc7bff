package dev.weir.service.gate;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** One end of a WebSocket, spoken by hand so that tests can do what libraries do not let them. */
final class Wire implements AutoCloseable {

  record Frame(int opcode, boolean fin, byte[] payload) {

    int closeCode() {
      return payload.length < 2 ? -1 : ByteBuffer.wrap(payload).getShort() & 0xffff;
    }

    String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }
  }

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final boolean masks;

  /**
   * Takes over a socket behind its handshake.
   *
   * @param masks true for a client's end
   */
  Wire(Socket socket, boolean masks) throws IOException {
    this.socket = socket;
    this.masks = masks;
    socket.setSoTimeout(10_000);
    socket.setTcpNoDelay(true);
    this.in = new DataInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("head ended: " + head);
      }
      head.append((char) next);
    }
    return head.toString();
  }

  static byte[] frame(int opcode, boolean fin, byte[] payload, boolean masked) {
    int extended = payload.length < 126 ? 0 : payload.length < 65536 ? 2 : 8;
    ByteBuffer frame = ByteBuffer.allocate(2 + extended + (masked ? 4 : 0) + payload.length);
    frame.put((byte) ((fin ? 0x80 : 0) | opcode));
    int length = extended == 0 ? payload.length : extended == 2 ? 126 : 127;
    frame.put((byte) ((masked ? 0x80 : 0) | length));
    if (extended == 2) {
      frame.putShort((short) payload.length);
    } else if (extended == 8) {
      frame.putLong(payload.length);
    }
    byte[] key = {1, 2, 3, 4};
    if (masked) {
      frame.put(key);
    }
    for (int i = 0; i < payload.length; i++) {
      frame.put(masked ? (byte) (payload[i] ^ key[i % 4]) : payload[i]);
    }
    return frame.array();
  }

  void raw(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  void send(int opcode, boolean fin, byte[] payload) throws IOException {
    raw(frame(opcode, fin, payload, masks));
  }

  void binary(byte[] payload) throws IOException {
    send(FrameHead.BINARY, true, payload);
  }

  Frame read() throws IOException {
    int first = in.readUnsignedByte();
    int second = in.readUnsignedByte();
    long length = second & 0x7f;
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = in.readLong();
    }
    byte[] key = new byte[4];
    boolean masked = (second & 0x80) != 0;
    if (masked) {
      in.readFully(key);
    }
    byte[] payload = new byte[(int) length];
    in.readFully(payload);
    for (int i = 0; masked && i < payload.length; i++) {
      payload[i] ^= key[i % 4];
    }
    return new Frame(first & 0x0f, (first & 0x80) != 0, payload);
  }

  /** True when the other side has closed; waits for it. */
  boolean ended() throws IOException {
    try {
      return in.read() < 0;
    } catch (java.net.SocketException reset) {
      return true;
    }
  }

  /** Cuts without a word: what a killed process looks like. */
  void cut() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
