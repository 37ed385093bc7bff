package dev.weir.service.delegation.survival;

import dev.weir.relay.sdp.MediaSection;
import dev.weir.relay.sdp.SdpAnswer;
import dev.weir.relay.session.Environment;
import dev.weir.relay.session.Loss;
import dev.weir.relay.session.MediaPackets;
import dev.weir.relay.session.SfuConnection;
import dev.weir.relay.session.SfuEvents;
import dev.weir.relay.transport.MediaTransport;
import java.net.URI;
import java.util.Map;
import livekit.LivekitRtc.ConnectionSettings;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.SignalResponse;

/**
 * A client in a call, with the habits of the deployed ones: it never asks for a new token, it joins
 * anew when the signalling is lost or it is told to reconnect, and it stays out when it is removed
 * or another connection took its place.
 */
final class Person {
  private static final long AGAIN_MILLIS = 500;

  final String user;
  final String device;
  final String delayId;
  private final Environment environment;
  private final URI url;
  private final String jwt;
  private SfuConnection connection;
  private volatile boolean up;
  private volatile boolean over;
  private volatile int joins;

  Person(MediaThreads threads, String user, String device, String delayId, URI url, String jwt) {
    this.user = user;
    this.device = device;
    this.delayId = delayId;
    this.environment = threads.environment();
    this.url = url;
    this.jwt = jwt;
    this.connection = connection();
    environment.mailbox().execute(this::join);
  }

  private SfuConnection connection() {
    return new SfuConnection(environment, address -> true, new NoPackets(), new Events());
  }

  private void join() {
    if (over) {
      return;
    }
    connection = connection();
    connection.add(new MediaSection.Receiving(false));
    connection.add(new MediaSection.Receiving(true));
    connection.join(
        url,
        jwt,
        JoinRequest.newBuilder()
            .setConnectionSettings(ConnectionSettings.newBuilder().setAutoSubscribe(true)));
  }

  boolean isUp() {
    return up;
  }

  /** How many times it got into the call. */
  int joins() {
    return joins;
  }

  void hangUp() {
    over = true;
    environment.mailbox().execute(() -> connection.leave());
  }

  /** As when the network changes: a new connection, with the same token, beside the old one. */
  void reconnect() {
    environment.mailbox().execute(this::join);
  }

  private final class Events implements SfuEvents {
    private boolean mine() {
      return !over;
    }

    @Override
    public void joined(JoinResponse join) {}

    @Override
    public void up() {
      up = true;
      joins++;
    }

    @Override
    public void resumed() {}

    @Override
    public void answered(SdpAnswer answer, Map<String, String> midToTrack) {}

    @Override
    public void message(SignalResponse message) {}

    @Override
    public void lost(Loss loss) {
      switch (loss) {
        case Loss.Duplicate _ -> {
          // The newer connection is this very person's.
        }
        case Loss.Removed _ -> up = false;
        case Loss.Signal _, Loss.Media _, Loss.Reconnect _ -> {
          up = false;
          if (mine()) {
            environment.mailbox().later(AGAIN_MILLIS, Person.this::join);
          }
        }
      }
    }

    @Override
    public void refused(String what) {}
  }

  /** Nobody publishes; receiver reports are not needed to be there. */
  private static final class NoPackets implements MediaPackets {
    @Override
    public void rtp(byte[] bytes, int off, int len, long arrivalNanos) {}

    @Override
    public void rtcp(byte[] bytes, int off, int len, long arrivalNanos) {}

    @Override
    public void up(MediaTransport transport) {}
  }
}
