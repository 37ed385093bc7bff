package dev.weir.relay.session;

import livekit.LivekitModels.SpeakerInfo;

/**
 * Turns what a server says about its speakers back into the RFC 6464 byte that its publishers had
 * sent.
 */
final class AudioLevels {
  /** No voice, as quiet as can be said. */
  static final int SILENT = 127;

  private static final int VOICE = 0x80;
  private static final double QUIETEST = 1e-6;

  private AudioLevels() {}

  static int of(SpeakerInfo speaker) {
    if (!speaker.getActive()) {
      return SILENT;
    }
    // The server says 10^(-level/20).
    double decibels = -20 * Math.log10(Math.max(QUIETEST, speaker.getLevel()));
    return VOICE | (int) Math.clamp(Math.round(decibels), 0, 126);
  }
}
