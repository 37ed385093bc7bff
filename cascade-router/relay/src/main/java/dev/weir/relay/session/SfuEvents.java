package dev.weir.relay.session;

import dev.weir.relay.sdp.SdpAnswer;
import java.util.Map;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.SignalResponse;

/** What happens, in the mailbox. After {@link #lost} nothing more is told. */
public interface SfuEvents {
  void joined(JoinResponse join);

  void up();

  void answered(SdpAnswer answer, Map<String, String> midToTrack);

  /** The media path is gone and another one is looked for; signalling works. */
  default void interrupted() {}

  /** The connection has a media path again. */
  default void restored() {}

  /** Signalling had broken and was resumed; what was sent meanwhile is lost, media went on. */
  void resumed();

  /** Everything that the connection does not deal with itself. */
  void message(SignalResponse message);

  void lost(Loss loss);

  /** The server named a candidate or asked for something that is not allowed. */
  void refused(String what);
}
