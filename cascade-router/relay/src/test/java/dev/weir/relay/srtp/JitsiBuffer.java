package dev.weir.relay.srtp;

import java.util.Arrays;
import org.jitsi.utils.ByteArrayBuffer;

/** A packet for the other implementation. */
final class JitsiBuffer implements ByteArrayBuffer {
  private byte[] bytes;
  private int offset;
  private int length;

  JitsiBuffer(byte[] packet) {
    bytes = Arrays.copyOf(packet, packet.length + 64);
    length = packet.length;
  }

  byte[] content() {
    return Arrays.copyOfRange(bytes, offset, offset + length);
  }

  @Override
  public byte[] getBuffer() {
    return bytes;
  }

  @Override
  public int getOffset() {
    return offset;
  }

  @Override
  public int getLength() {
    return length;
  }

  @Override
  public void setLength(int to) {
    length = to;
  }

  @Override
  public void setOffset(int to) {
    offset = to;
  }

  @Override
  public boolean isInvalid() {
    return false;
  }

  @Override
  public void readRegionToBuff(int off, int len, byte[] out) {
    System.arraycopy(bytes, offset + off, out, 0, len);
  }

  @Override
  public void grow(int by) {
    bytes = Arrays.copyOf(bytes, bytes.length + by);
  }

  @Override
  public void append(byte[] data, int len) {
    grow(len);
    System.arraycopy(data, 0, bytes, offset + length, len);
    length += len;
  }

  @Override
  public void shrink(int by) {
    length -= by;
  }
}
