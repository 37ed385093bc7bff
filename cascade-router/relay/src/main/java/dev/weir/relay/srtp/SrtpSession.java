package dev.weir.relay.srtp;

import dev.weir.relay.wire.IntMap;
import dev.weir.relay.wire.Wire;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/**
 * Both directions of one connection's SRTP. Belongs to one thread. Decrypting and encrypting go
 * from one array into another, so that a packet is moved only by the cipher.
 */
public final class SrtpSession {
  /** What protection adds to an RTP packet. */
  public static final int RTP_OVERHEAD = SrtpProfile.TAG;

  /** What protection adds to an RTCP packet. */
  public static final int RTCP_OVERHEAD = SrtpProfile.TAG + 4;

  /** Returned for packets that are malformed, replayed or not authentic. */
  public static final int REJECTED = -1;

  private static final int RTCP_HEADER = 8;
  private static final int RTP_HEADER = 12;
  private static final int INDEX_MASK = 0x7fff_ffff;

  /** Streams that are remembered; a peer that invents more is ignored. */
  private static final int MAX_STREAMS = 4096;

  private final GcmCipher seal;
  private final GcmCipher open;
  private final GcmCipher sealRtcp;
  private final GcmCipher openRtcp;
  private final IntMap<ReplayWindow> received = new IntMap<>();
  private final IntMap<ReplayWindow> receivedRtcp = new IntMap<>();
  private final byte[] associated = new byte[RTCP_HEADER + 4];
  private int sentRtcp;

  /** The send state of one SSRC. */
  public static final class Stream {
    private final int ssrc;
    private final ReplayWindow sent = new ReplayWindow();

    Stream(int ssrc) {
      this.ssrc = ssrc;
    }
  }

  /**
   * @param exported the keying material of RFC 5764: client key, server key, client salt, server
   *     salt
   * @param client whether this side was the DTLS client
   */
  public SrtpSession(SrtpProfile profile, byte[] exported, boolean client) {
    int k = profile.keyLength();
    int s = SrtpProfile.SALT;
    SrtpKeys ofClient =
        SrtpKeys.derive(Arrays.copyOf(exported, k), Arrays.copyOfRange(exported, 2 * k, 2 * k + s));
    SrtpKeys ofServer =
        SrtpKeys.derive(
            Arrays.copyOfRange(exported, k, 2 * k),
            Arrays.copyOfRange(exported, 2 * k + s, 2 * k + 2 * s));
    SrtpKeys mine = client ? ofClient : ofServer;
    SrtpKeys theirs = client ? ofServer : ofClient;
    seal = new GcmCipher(true, mine.rtpKey, mine.rtpSalt);
    sealRtcp = new GcmCipher(true, mine.rtcpKey, mine.rtcpSalt);
    open = new GcmCipher(false, theirs.rtpKey, theirs.rtpSalt);
    openRtcp = new GcmCipher(false, theirs.rtcpKey, theirs.rtcpSalt);
  }

  /**
   * Send state for an SSRC; one SSRC must have one stream for the life of the session, or a nonce
   * would be used twice.
   */
  public Stream stream(int ssrc) {
    return new Stream(ssrc);
  }

  /**
   * Protects a packet whose header is already at {@code out}; the payload is encrypted to just
   * behind it.
   *
   * @return the length of the protected packet, or {@link #REJECTED} when its number was used
   *     before: one nonce for two packets would give the key away, and a source decides about
   *     numbers
   */
  public int protect(
      Stream stream, byte[] out, int outOff, int header, byte[] payload, int off, int len) {
    int sequence = Wire.u16(out, outOff + 2);
    long index = stream.sent.started() ? near(stream.sent.highest(), sequence) : sequence;
    if (!stream.sent.admits(index)) {
      return REJECTED;
    }
    stream.sent.mark(index);
    try {
      seal.beginRtp(stream.ssrc, index);
      seal.authenticate(out, outOff, header);
      return header + seal.seal(payload, off, len, out, outOff + header);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the cipher failed", e);
    }
  }

  /**
   * Opens a packet into {@code out}; returns its plain length or {@link #REJECTED}. Header lengths
   * are the caller's to check.
   */
  public int open(byte[] in, int off, int len, int header, byte[] out, int outOff) {
    if (header < RTP_HEADER || len < header + SrtpProfile.TAG) {
      return REJECTED;
    }
    int ssrc = Wire.i32(in, off + 8);
    int sequence = Wire.u16(in, off + 2);
    ReplayWindow window = received.get(ssrc);
    long index = window == null ? sequence : near(window.highest(), sequence);
    if (window != null ? !window.admits(index) : received.size() >= MAX_STREAMS) {
      return REJECTED;
    }
    try {
      open.beginRtp(ssrc, index);
      open.authenticate(in, off, header);
      int plain = open.unseal(in, off + header, len - header, out, outOff + header);
      if (plain < 0) {
        return REJECTED;
      }
      System.arraycopy(in, off, out, outOff, header);
      if (window == null) {
        window = new ReplayWindow();
        received.put(ssrc, window);
      }
      window.mark(index);
      return header + plain;
    } catch (GeneralSecurityException e) {
      return REJECTED;
    }
  }

  /** Protects an RTCP packet into {@code out}; returns the protected length. */
  public int protectRtcp(byte[] in, int off, int len, byte[] out, int outOff) {
    int index = sentRtcp++ & INDEX_MASK;
    System.arraycopy(in, off, out, outOff, RTCP_HEADER);
    System.arraycopy(in, off, associated, 0, RTCP_HEADER);
    Wire.put32(associated, RTCP_HEADER, index | ~INDEX_MASK);
    try {
      sealRtcp.beginRtcp(Wire.i32(in, off + 4), index);
      sealRtcp.authenticate(associated, 0, associated.length);
      int sealed =
          sealRtcp.seal(in, off + RTCP_HEADER, len - RTCP_HEADER, out, outOff + RTCP_HEADER);
      Wire.put32(out, outOff + RTCP_HEADER + sealed, index | ~INDEX_MASK);
      return RTCP_HEADER + sealed + 4;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the cipher failed", e);
    }
  }

  /**
   * Opens an RTCP packet into {@code out}; returns its plain length or {@link #REJECTED}. Plain
   * SRTCP is refused.
   */
  public int openRtcp(byte[] in, int off, int len, byte[] out, int outOff) {
    if (len < RTCP_HEADER + RTCP_OVERHEAD) {
      return REJECTED;
    }
    int word = Wire.i32(in, off + len - 4);
    int ssrc = Wire.i32(in, off + 4);
    int index = word & INDEX_MASK;
    ReplayWindow window = receivedRtcp.get(ssrc);
    boolean refused = window != null ? !window.admits(index) : receivedRtcp.size() >= MAX_STREAMS;
    if (word >= 0 || refused) {
      return REJECTED;
    }
    System.arraycopy(in, off, associated, 0, RTCP_HEADER);
    Wire.put32(associated, RTCP_HEADER, word);
    try {
      openRtcp.beginRtcp(ssrc, index);
      openRtcp.authenticate(associated, 0, associated.length);
      int plain =
          openRtcp.unseal(in, off + RTCP_HEADER, len - RTCP_HEADER - 4, out, outOff + RTCP_HEADER);
      if (plain < 0) {
        return REJECTED;
      }
      System.arraycopy(in, off, out, outOff, RTCP_HEADER);
      if (window == null) {
        window = new ReplayWindow();
        receivedRtcp.put(ssrc, window);
      }
      window.mark(index);
      return RTCP_HEADER + plain;
    } catch (GeneralSecurityException e) {
      return REJECTED;
    }
  }

  /** The index with that sequence number that is nearest to the highest one (RFC 3711, 3.3.1). */
  private static long near(long highest, int sequence) {
    long index = highest + (short) (sequence - (int) highest);
    return index < 0 ? index + 0x10000 : index;
  }
}
