package dev.weir.relay.rtp;

import java.util.List;

/**
 * The header extensions that this relay offers, and their ids. It always makes the offer, on both
 * sides, so the ids are its own choice and equal on both sides.
 */
public final class Extensions {
  public static final int MID = 1;
  public static final int RID = 2;
  public static final int AUDIO_LEVEL = 3;
  public static final int CAPTURE_TIME = 4;
  public static final int DEPENDENCY = 5;

  /** What travels from the source to the target unchanged. */
  static final int CARRIED = 1 << CAPTURE_TIME | 1 << DEPENDENCY;

  /** An extension of an offer. */
  public record Extension(int id, String uri) {}

  private static final Extension MID_EXT =
      new Extension(MID, "urn:ietf:params:rtp-hdrext:sdes:mid");
  private static final Extension CAPTURE_TIME_EXT =
      new Extension(CAPTURE_TIME, "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time");

  public static final List<Extension> AUDIO =
      List.of(
          MID_EXT,
          new Extension(AUDIO_LEVEL, "urn:ietf:params:rtp-hdrext:ssrc-audio-level"),
          CAPTURE_TIME_EXT);

  public static final List<Extension> VIDEO =
      List.of(
          MID_EXT,
          new Extension(RID, "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"),
          CAPTURE_TIME_EXT,
          new Extension(
              DEPENDENCY,
              "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension"));

  private Extensions() {}
}
