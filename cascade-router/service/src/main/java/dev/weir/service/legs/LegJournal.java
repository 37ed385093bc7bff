package dev.weir.service.legs;

import dev.weir.relay.LegEvent;
import org.jboss.logging.Logger;

/** What happens to legs, as log lines; sessions are named by what they are for, not by people. */
final class LegJournal {
  private static final Logger LOG = Logger.getLogger(LegJournal.class);
  private static final int LONGEST_TEXT = 200;

  private LegJournal() {}

  static void write(String leg, LegEvent event) {
    LOG.log(level(event), line(leg, event));
  }

  private static Logger.Level level(LegEvent event) {
    return switch (event) {
      case LegEvent.SessionLost lost -> Logger.Level.WARN;
      case LegEvent.Refused refused -> Logger.Level.WARN;
      case LegEvent.Replaced replaced -> Logger.Level.INFO;
      case LegEvent.LinkCarries link -> Logger.Level.INFO;
      case LegEvent.FirstPacket first -> Logger.Level.DEBUG;
      case LegEvent.Yielded yielded -> Logger.Level.DEBUG;
    };
  }

  static String line(String leg, LegEvent event) {
    return switch (event) {
      case LegEvent.SessionLost lost ->
          "event=relay_session_lost leg=%s session=%s reason=\"%s\" again_in_ms=%d"
              .formatted(leg, lost.session(), plain(lost.reason()), lost.pause().toMillis());
      case LegEvent.Refused refused ->
          "event=relay_refused leg=%s what=\"%s\"".formatted(leg, plain(refused.what()));
      case LegEvent.Replaced replaced ->
          "event=relay_session_replaced leg=%s session=%s".formatted(leg, replaced.session());
      case LegEvent.LinkCarries link ->
          "event=relay_link leg=%s layers=%d".formatted(leg, link.layers());
      case LegEvent.FirstPacket first ->
          "event=relay_first_packet leg=%s video=%s after_ms=%d"
              .formatted(leg, first.video(), first.after().toMillis());
      case LegEvent.Yielded yielded ->
          "event=relay_yielded leg=%s target=%s after_ms=%d"
              .formatted(leg, yielded.target(), yielded.after().toMillis());
    };
  }

  /** Some of it may be a partner's words: one line of bounded length. */
  private static String plain(String text) {
    String line = text.replaceAll("[\\p{Cntrl}\"]", " ");
    return line.length() <= LONGEST_TEXT ? line : line.substring(0, LONGEST_TEXT);
  }
}
