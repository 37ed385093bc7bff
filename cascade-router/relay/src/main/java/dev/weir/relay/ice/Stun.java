package dev.weir.relay.ice;

import dev.weir.relay.wire.Wire;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.zip.CRC32;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** STUN binding messages (RFC 8489) as bytes: building, and reading with bounds. */
public final class Stun {
  public static final int BINDING_REQUEST = 0x0001;
  public static final int BINDING_SUCCESS = 0x0101;
  public static final int BINDING_ERROR = 0x0111;

  static final int COOKIE = 0x2112A442;
  static final int HEADER = 20;
  static final int TRANSACTION = 12;

  private static final int USERNAME = 0x0006;
  private static final int MESSAGE_INTEGRITY = 0x0008;
  private static final int ERROR_CODE = 0x0009;
  private static final int XOR_MAPPED_ADDRESS = 0x0020;
  private static final int PRIORITY = 0x0024;
  private static final int USE_CANDIDATE = 0x0025;
  private static final int FINGERPRINT = 0x8028;
  private static final int ICE_CONTROLLING = 0x802A;
  private static final int FINGERPRINT_XOR = 0x5354554e;

  private Stun() {}

  /** Whether a datagram is STUN and all its lengths fit. */
  public static boolean isStun(byte[] b, int off, int len) {
    return len >= HEADER
        && (b[off] & 0xC0) == 0
        && Wire.i32(b, off + 4) == COOKIE
        && HEADER + Wire.u16(b, off + 2) == len
        && (len & 3) == 0;
  }

  public static int type(byte[] b, int off) {
    return Wire.u16(b, off);
  }

  static byte[] transaction(byte[] b, int off) {
    return Arrays.copyOfRange(b, off + 8, off + HEADER);
  }

  /** A connectivity check of the controlling side. */
  static byte[] check(
      byte[] transaction, String username, String password, long tieBreaker, boolean nominate) {
    byte[] b = new byte[128 + username.length()];
    int at = begin(b, BINDING_REQUEST, transaction);
    at = attribute(b, at, USERNAME, username.getBytes(StandardCharsets.UTF_8));
    // A peer-reflexive candidate's priority, as its receiver would compute it.
    byte[] priority = new byte[4];
    Wire.put32(priority, 0, 110 << 24 | 65535 << 8 | 255);
    at = attribute(b, at, PRIORITY, priority);
    byte[] tie = new byte[8];
    Wire.put64(tie, 0, tieBreaker);
    at = attribute(b, at, ICE_CONTROLLING, tie);
    if (nominate) {
      at = attribute(b, at, USE_CANDIDATE, new byte[0]);
    }
    return end(b, at, password);
  }

  /** The answer to a check. */
  static byte[] success(byte[] transaction, InetSocketAddress seen, String password) {
    byte[] b = new byte[128];
    int at = begin(b, BINDING_SUCCESS, transaction);
    byte[] ip = seen.getAddress().getAddress();
    byte[] value = new byte[4 + ip.length];
    value[1] = (byte) (seen.getAddress() instanceof Inet4Address ? 1 : 2);
    Wire.put16(value, 2, seen.getPort() ^ COOKIE >>> 16);
    byte[] mask = new byte[4 + TRANSACTION];
    Wire.put32(mask, 0, COOKIE);
    System.arraycopy(transaction, 0, mask, 4, TRANSACTION);
    for (int i = 0; i < ip.length; i++) {
      value[4 + i] = (byte) (ip[i] ^ mask[i]);
    }
    return end(b, attribute(b, at, XOR_MAPPED_ADDRESS, value), password);
  }

  private static int begin(byte[] b, int type, byte[] transaction) {
    Wire.put16(b, 0, type);
    Wire.put32(b, 4, COOKIE);
    System.arraycopy(transaction, 0, b, 8, TRANSACTION);
    return HEADER;
  }

  private static int attribute(byte[] b, int at, int type, byte[] value) {
    Wire.put16(b, at, type);
    Wire.put16(b, at + 2, value.length);
    System.arraycopy(value, 0, b, at + 4, value.length);
    return at + 4 + (value.length + 3 & ~3);
  }

  private static byte[] end(byte[] b, int at, String password) {
    Wire.put16(b, 2, at + 24 - HEADER);
    byte[] mac = integrity(password, b, 0, at);
    int afterMac = attribute(b, at, MESSAGE_INTEGRITY, mac);
    Wire.put16(b, 2, afterMac + 8 - HEADER);
    byte[] crc = new byte[4];
    Wire.put32(crc, 0, fingerprint(b, 0, afterMac));
    return Arrays.copyOf(b, attribute(b, afterMac, FINGERPRINT, crc));
  }

  /**
   * Whether the message carries a MESSAGE-INTEGRITY made with the password, and a right FINGERPRINT
   * if it carries one. Attributes behind the integrity are not looked at.
   */
  static boolean isAuthentic(byte[] b, int off, int len, String password) {
    int at = find(b, off, len, MESSAGE_INTEGRITY);
    if (at < 0 || Wire.u16(b, at - 2) != 20) {
      return false;
    }
    byte[] head = Arrays.copyOfRange(b, off, at - 4);
    Wire.put16(head, 2, at - 4 - off + 24 - HEADER);
    byte[] expected = integrity(password, head, 0, head.length);
    if (!MessageDigest.isEqual(expected, Arrays.copyOfRange(b, at, at + 20))) {
      return false;
    }
    int crc = find(b, off, len, FINGERPRINT);
    return crc < 0
        || Wire.u16(b, crc - 2) == 4 && Wire.i32(b, crc) == fingerprint(b, off, crc - 4 - off);
  }

  static @Nullable String username(byte[] b, int off, int len) {
    int at = find(b, off, len, USERNAME);
    return at < 0 ? null : new String(b, at, Wire.u16(b, at - 2), StandardCharsets.UTF_8);
  }

  /** The code of an error answer, 0 if there is none. */
  static int errorCode(byte[] b, int off, int len) {
    int at = find(b, off, len, ERROR_CODE);
    return at < 0 || Wire.u16(b, at - 2) < 4 ? 0 : 100 * (b[at + 2] & 7) + Wire.u8(b, at + 3);
  }

  /** Where the value of the first attribute of that type starts, or -1. */
  private static int find(byte[] b, int off, int len, int type) {
    int end = off + len;
    for (int at = off + HEADER; at + 4 <= end; ) {
      int length = Wire.u16(b, at + 2);
      if (at + 4 + length > end) {
        return -1;
      }
      if (Wire.u16(b, at) == type) {
        return at + 4;
      }
      at += 4 + (length + 3 & ~3);
    }
    return -1;
  }

  private static byte[] integrity(String password, byte[] b, int off, int len) {
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(password.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
      mac.update(b, off, len);
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no HMAC-SHA1", e);
    }
  }

  private static int fingerprint(byte[] b, int off, int len) {
    CRC32 crc = new CRC32();
    crc.update(b, off, len);
    return (int) crc.getValue() ^ FINGERPRINT_XOR;
  }
}
