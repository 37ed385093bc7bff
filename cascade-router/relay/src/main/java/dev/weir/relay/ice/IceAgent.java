package dev.weir.relay.ice;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The controlling agent of one connection. It checks every path from time to time, nominates the
 * first UDP path that answers, or a TCP path when UDP stays silent for {@link #UDP_HEAD_START}, and
 * then keeps asking for consent on the nominated one. Not thread-safe; the owner calls {@link
 * #tick} when {@link #nextTick} says.
 */
public final class IceAgent {
  static final long MILLI = 1_000_000;
  static final long CHECK_INTERVAL = 50 * MILLI;
  static final long UDP_HEAD_START = 600 * MILLI;
  static final long CHECKING_LIMIT = 10_000 * MILLI;
  static final long CONSENT_INTERVAL = 2_000 * MILLI;

  /** Consent is gone when nothing was heard on the path for so long. */
  public static final long CONSENT_LIMIT = 8_000 * MILLI;

  /** A peer may offer many candidates; this many are tried. */
  static final int MAX_PATHS = 16;

  private static final int MAX_PENDING = 8;

  private final IceCredentials local;
  private final RandomGenerator random;
  private final Events events;
  private final long tieBreaker;
  private final List<Route> routes = new ArrayList<>();
  private @Nullable IceCredentials remote;
  private @Nullable Route nominated;
  private boolean connected;
  private boolean failed;
  private long startedAt;
  private long lastHeard;
  private long roundTrip = -1;

  /** What the agent decides. */
  public interface Events {
    /** Media can flow on this path now; called again when an ICE restart or a repair changes it. */
    void selected(IcePath path);

    /** No path works, or consent is gone. */
    void lost(String why);
  }

  private record Pending(byte[] transaction, long sentAt) {}

  private static final class Route {
    final IcePath path;
    final List<Pending> pending = new ArrayList<>();
    boolean valid;
    long lastSent = Long.MIN_VALUE;

    Route(IcePath path) {
      this.path = path;
    }
  }

  public IceAgent(IceCredentials local, RandomGenerator random, Events events) {
    this.local = local;
    this.random = random;
    this.events = events;
    this.tieBreaker = random.nextLong();
  }

  public IceCredentials local() {
    return local;
  }

  /** Begins checking once the other side's credentials are known. */
  public void start(IceCredentials remoteCredentials, long now) {
    remote = remoteCredentials;
    startedAt = now;
    lastHeard = now;
  }

  public boolean started() {
    return remote != null;
  }

  /** Adds a path; false when there are enough already or it is known. */
  public boolean add(IcePath path) {
    boolean known =
        routes.stream()
            .anyMatch(
                route ->
                    route.path.candidate().address().equals(path.candidate().address())
                        && route.path.candidate().tcp() == path.candidate().tcp());
    if (known || routes.size() >= MAX_PATHS) {
      return false;
    }
    routes.add(new Route(path));
    return true;
  }

  /** When {@link #tick} wants to be called next, in nanoseconds from now. */
  public long nextTick() {
    return connected ? CONSENT_INTERVAL / 4 : CHECK_INTERVAL / 2;
  }

  public void tick(long now) {
    IceCredentials peer = remote;
    if (peer == null || failed) {
      return;
    }
    if (connected) {
      keepConsent(peer, now);
    } else if (now - startedAt > CHECKING_LIMIT) {
      fail("no candidate answered");
    } else {
      for (Route route : routes) {
        if (route.path.open() && due(route, now, CHECK_INTERVAL)) {
          check(route, peer, route == nominated, now);
        }
      }
    }
  }

  private void keepConsent(IceCredentials peer, long now) {
    Route route = nominated;
    if (route == null) {
      return;
    }
    if (now - lastHeard > CONSENT_LIMIT) {
      fail("consent is gone");
    } else if (due(route, now, CONSENT_INTERVAL)
        || now - lastHeard > CONSENT_INTERVAL + 500 * MILLI && due(route, now, 500 * MILLI)) {
      check(route, peer, true, now);
    }
  }

  private static boolean due(Route route, long now, long interval) {
    return route.lastSent == Long.MIN_VALUE || now - route.lastSent >= interval;
  }

  private void check(Route route, IceCredentials peer, boolean nominate, long now) {
    byte[] transaction = new byte[Stun.TRANSACTION];
    random.nextBytes(transaction);
    if (route.pending.size() >= MAX_PENDING) {
      route.pending.removeFirst();
    }
    route.pending.add(new Pending(transaction, now));
    route.lastSent = now;
    byte[] message =
        Stun.check(
            transaction,
            peer.fragment() + ":" + local.fragment(),
            peer.password(),
            tieBreaker,
            nominate);
    route.path.send(message, 0, message.length);
  }

  /**
   * Handles a STUN message.
   *
   * @param path the TCP path that it came over, or null when it came over UDP
   */
  public void receive(
      byte[] b, int off, int len, InetSocketAddress from, @Nullable IcePath path, long now) {
    IceCredentials peer = remote;
    if (peer == null || !Stun.isStun(b, off, len)) {
      return;
    }
    Route route = find(from, path);
    if (route == null) {
      return;
    }
    switch (Stun.type(b, off)) {
      case Stun.BINDING_REQUEST -> answer(b, off, len, from, route);
      case Stun.BINDING_SUCCESS -> {
        Pending answered = answered(route, b, off);
        if (answered != null && Stun.isAuthentic(b, off, len, peer.password())) {
          if (route == nominated) {
            roundTrip = now - answered.sentAt();
          }
          heard(route, peer, now);
        }
      }
      default -> {}
    }
  }

  /** Only addresses that were offered, and so guarded, are ever answered. */
  private @Nullable Route find(InetSocketAddress from, @Nullable IcePath path) {
    for (Route route : routes) {
      Candidate candidate = route.path.candidate();
      if (path == null
          ? !candidate.tcp() && candidate.address().equals(from)
          : route.path == path) {
        return route;
      }
    }
    return null;
  }

  private void answer(byte[] b, int off, int len, InetSocketAddress from, Route route) {
    String username = Stun.username(b, off, len);
    if (username != null
        && username.startsWith(local.fragment() + ":")
        && Stun.isAuthentic(b, off, len, local.password())) {
      byte[] success = Stun.success(Stun.transaction(b, off), from, local.password());
      route.path.send(success, 0, success.length);
    }
  }

  private static @Nullable Pending answered(Route route, byte[] b, int off) {
    byte[] transaction = Stun.transaction(b, off);
    for (Pending pending : route.pending) {
      if (Arrays.equals(pending.transaction(), transaction)) {
        route.pending.remove(pending);
        return pending;
      }
    }
    return null;
  }

  /** How long the newest check of the nominated path took; -1 before there was one. */
  public long roundTrip() {
    return roundTrip;
  }

  private void heard(Route route, IceCredentials peer, long now) {
    route.valid = true;
    if (route == nominated) {
      lastHeard = now;
      if (!connected) {
        connected = true;
        events.selected(route.path);
      }
      return;
    }
    boolean tooEarlyForTcp =
        route.path.candidate().tcp()
            && now - startedAt < UDP_HEAD_START
            && routes.stream().anyMatch(other -> !other.path.candidate().tcp());
    if (nominated == null && !tooEarlyForTcp) {
      nominated = route;
      check(route, peer, true, now);
    }
  }

  /** A TCP path is broken. */
  public void broken(IcePath path) {
    routes.removeIf(route -> route.path == path);
    Route route = nominated;
    if (route != null && route.path == path) {
      nominated = null;
      if (connected) {
        fail("the TCP connection broke");
      }
    }
  }

  private void fail(String why) {
    failed = true;
    connected = false;
    events.lost(why);
  }
}
