package dev.weir.relay.session;

import dev.weir.relay.transport.MediaTransport;

/** Takes packets, on the loop. */
public interface MediaPackets {
  void rtp(byte[] bytes, int off, int len, long arrivalNanos);

  void rtcp(byte[] bytes, int off, int len, long arrivalNanos);

  /** The transport is up; called before {@link SfuEvents#up()}. */
  void up(MediaTransport transport);
}
