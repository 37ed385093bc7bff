package dev.weir.relay.forward;

import dev.weir.relay.rtcp.RtcpReader;
import dev.weir.relay.transport.SecurePath;
import dev.weir.relay.wire.IntMap;
import org.jspecify.annotations.Nullable;

/** The media of one publish session: its streams, and what the target's server says about them. */
public final class PublishMedia {
  private final IntMap<OutStream> bySsrc = new IntMap<>();
  private final Feedback feedback = new Feedback();
  private @Nullable SecurePath transport;

  /** Adds a stream; it leaves by the connection as soon as that is up. */
  public void add(OutStream stream) {
    bySsrc.put(stream.ssrc(), stream);
    SecurePath over = transport;
    if (over != null) {
      stream.attach(over);
    }
  }

  public void remove(OutStream stream) {
    bySsrc.remove(stream.ssrc());
    stream.detach();
  }

  public void attach(SecurePath over) {
    transport = over;
    for (OutStream stream : bySsrc.values()) {
      stream.attach(over);
    }
  }

  public void rtcp(byte[] b, int off, int len, long now) {
    feedback.now = now;
    RtcpReader.read(b, off, len, feedback);
  }

  private final class Feedback implements RtcpReader.Visitor {
    private long now;

    @Override
    public void keyFrameRequest(int ssrc) {
      OutStream stream = bySsrc.get(ssrc);
      if (stream != null) {
        stream.keyFrameRequest(now);
      }
    }

    @Override
    public void nack(int ssrc, int sequence, int following) {
      OutStream stream = bySsrc.get(ssrc);
      if (stream != null) {
        stream.nack(sequence, following, now);
      }
    }
  }
}
