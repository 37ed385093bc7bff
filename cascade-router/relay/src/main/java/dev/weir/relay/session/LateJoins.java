package dev.weir.relay.session;

import dev.weir.relay.AddressGuard;
import dev.weir.relay.signal.SignalDialer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;

/**
 * Remembers the joins that were given up before their server had answered. Such a join may still be
 * under way, and when it is carried out it throws out whoever has come since with the same
 * identity. Who is thrown out by that is told to come again: nobody else has claimed the place.
 */
final class LateJoins implements SignalDialer {
  static final long LATE_AT_MOST_NANOS = 15_000_000_000L;

  private static final System.Logger LOG = System.getLogger("dev.weir.relay");
  private static final Pattern IDENTITY = claim("sub");
  private static final Pattern ROOM = claim("room");

  private final SignalDialer dialer;
  private final LongSupplier nanos;
  private final Map<Seat, List<Long>> givenUp = new HashMap<>();

  /** What a token lets in to, in the words of whoever made the token. */
  private record Seat(URI server, String room, String identity) {}

  LateJoins(SignalDialer dialer) {
    this(dialer, System::nanoTime);
  }

  LateJoins(SignalDialer dialer, LongSupplier nanos) {
    this.dialer = dialer;
    this.nanos = nanos;
  }

  @Override
  public Channel dial(
      URI url, String token, JoinRequest request, AddressGuard guard, Events events) {
    Join join = new Join(seat(url, token), events, request.getReconnect());
    return join.over(dialer.dial(url, token, request, guard, join));
  }

  private static Seat seat(URI server, String token) {
    String[] parts = token.split("\\.", -1);
    String claims = parts.length == 3 ? text(parts[1]) : "";
    return new Seat(server, first(ROOM, claims), first(IDENTITY, claims));
  }

  private static String text(String encoded) {
    try {
      return new String(Base64.getUrlDecoder().decode(encoded), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private static Pattern claim(String name) {
    return Pattern.compile("\"" + name + "\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.){1,500}+)\"");
  }

  private static String first(Pattern claim, String claims) {
    Matcher matcher = claim.matcher(claims);
    return matcher.find() ? matcher.group(1) : "";
  }

  private synchronized void gaveUp(Seat seat) {
    prune();
    if (!seat.identity().isEmpty()) {
      givenUp.computeIfAbsent(seat, s -> new ArrayList<>()).add(nanos.getAsLong());
    }
  }

  /** Each join can come late once. */
  private synchronized boolean cameLate(Seat seat) {
    prune();
    List<Long> joins = givenUp.get(seat);
    if (joins == null) {
      return false;
    }
    joins.removeFirst();
    return true;
  }

  private void prune() {
    long now = nanos.getAsLong();
    givenUp
        .values()
        .removeIf(
            joins -> {
              joins.removeIf(at -> now - at > LATE_AT_MOST_NANOS);
              return joins.isEmpty();
            });
  }

  /** One channel, and whether its join may still be under way. */
  private final class Join implements Events {
    private final Seat seat;
    private final Events events;
    private boolean settled;

    Join(Seat seat, Events events, boolean settled) {
      this.seat = seat;
      this.events = events;
      this.settled = settled;
    }

    Channel over(Channel channel) {
      return new Channel() {
        @Override
        public void send(SignalRequest request) {
          channel.send(request);
        }

        @Override
        public void close() {
          if (settles()) {
            gaveUp(seat);
          }
          channel.close();
        }
      };
    }

    private synchronized boolean settles() {
      boolean first = !settled;
      settled = true;
      return first;
    }

    @Override
    public void message(SignalResponse response, Runnable next) {
      settles();
      events.message(isOwnGhost(response) ? comeAgain(response) : response, next);
    }

    private boolean isOwnGhost(SignalResponse response) {
      return response.hasLeave()
          && response.getLeave().getReason() == DisconnectReason.DUPLICATE_IDENTITY
          && cameLate(seat);
    }

    private static SignalResponse comeAgain(SignalResponse response) {
      LOG.log(System.Logger.Level.INFO, "event=relay_replaced_by_own_late_join");
      LeaveRequest leave =
          response.getLeave().toBuilder()
              .setAction(LeaveRequest.Action.RECONNECT)
              .setReason(DisconnectReason.STATE_MISMATCH)
              .build();
      return response.toBuilder().setLeave(leave).build();
    }

    @Override
    public void closed(String why) {
      settles();
      events.closed(why);
    }
  }
}
