package dev.weir.service.legs;

import dev.weir.peering.v1.CloseLegRequest;
import dev.weir.peering.v1.LegGrant;
import dev.weir.peering.v1.OpenLegRequest;
import dev.weir.peering.v1.PeeringGrpc;
import dev.weir.peering.v1.RenewLegRequest;
import dev.weir.peering.v1.Slot;
import dev.weir.relay.Layer;
import dev.weir.relay.PullGrant;
import dev.weir.service.peering.PeerKey;
import dev.weir.service.peering.PullIdentity;
import dev.weir.session.Room;
import dev.weir.session.Spot;
import dev.weir.session.name.RoomNames;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Brings leave to pull: from the origin over peering, or from our own nodes when the source is at
 * home. One grant serves the three pulls of a leg that join together; each later join asks anew.
 */
final class OriginGrants {
  private static final Logger LOG = Logger.getLogger(OriginGrants.class);
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration LOCAL_TTL = Duration.ofMinutes(10);

  /** The three pulls of a leg join at the same moment. */
  private static final Duration SHARED_FOR = Duration.ofSeconds(20);

  private record Given(PullGrant grant, @Nullable String legId, Instant at) {}

  private final Origins origins;
  private final RelayNodes nodes;
  private final InstantSource clock;
  private final Map<LegKey, Given> given = new ConcurrentHashMap<>();

  OriginGrants(Origins origins, RelayNodes nodes, InstantSource clock) {
    this.origins = origins;
    this.nodes = nodes;
    this.clock = clock;
  }

  /** Blocks for the network. */
  PullGrant grant(LegKey key, long fence) throws IOException {
    Given[] result = new Given[1];
    IOException[] failure = new IOException[1];
    // One question at a time for each leg; the others take its answer.
    given.compute(
        key,
        (k, before) -> {
          Instant now = clock.instant();
          if (before != null && now.isBefore(before.at().plus(SHARED_FOR))) {
            result[0] = before;
            return before;
          }
          try {
            result[0] = ask(key, fence, before == null ? null : before.legId(), now);
            return result[0];
          } catch (IOException e) {
            failure[0] = e;
            return before;
          }
        });
    if (failure[0] != null) {
      throw failure[0];
    }
    return result[0].grant();
  }

  private Given ask(LegKey key, long fence, @Nullable String legId, Instant now)
      throws IOException {
    if (key.source().site().equals(key.self())) {
      return new Given(local(key, fence, now), null, now);
    }
    PeerKey peer = new PeerKey(key.self().name(), key.source().site().name());
    PeeringGrpc.PeeringBlockingStub calls =
        origins.calls(peer, PATIENCE).orElseThrow(() -> new IOException("the origin is away"));
    try {
      LegGrant answer = legId == null ? open(calls, key, fence) : renew(calls, key, legId, fence);
      return new Given(read(answer), answer.getLegId(), now);
    } catch (StatusRuntimeException e) {
      LOG.infof("event=leg_not_granted link=%s status=%s", peer, e.getStatus().getCode());
      throw new IOException("the origin answered " + e.getStatus().getCode(), e);
    }
  }

  private static LegGrant open(PeeringGrpc.PeeringBlockingStub calls, LegKey key, long fence) {
    Spot source = key.source();
    return calls.openLeg(
        OpenLegRequest.newBuilder()
            .setToServerName(source.site().name())
            .setSlot(
                Slot.newBuilder().setRoomId(key.slot().roomId()).setSlotId(key.slot().slotId()))
            .setFence(fence)
            .setGuestAnnexOf(
                source.room().kind() == Room.Kind.GUEST ? source.room().focus().name() : "")
            .setNode(source.place().node())
            .build());
  }

  private static LegGrant renew(
      PeeringGrpc.PeeringBlockingStub calls, LegKey key, String legId, long fence) {
    try {
      return calls.renewLeg(
          RenewLegRequest.newBuilder()
              .setToServerName(key.source().site().name())
              .setLegId(legId)
              .setFence(fence)
              .build());
    } catch (StatusRuntimeException e) {
      // The origin restarted and has forgotten the leg.
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return open(calls, key, fence);
      }
      throw e;
    }
  }

  private static PullGrant read(LegGrant answer) throws IOException {
    try {
      URI url = URI.create(answer.getUrl());
      boolean webSocket = "wss".equals(url.getScheme()) || "ws".equals(url.getScheme());
      if (!webSocket || url.getHost() == null) {
        throw new IOException("the origin named no WebSocket URL");
      }
      return new PullGrant(
          url, answer.getPullTokensList(), Instant.ofEpochMilli(answer.getExpiresUnixMillis()));
    } catch (IllegalArgumentException e) {
      throw new IOException("the origin's grant cannot be read", e);
    }
  }

  private PullGrant local(LegKey key, long fence, Instant now) throws IOException {
    String node = key.source().place().node();
    URI url =
        nodes.signalling(key.self(), node).orElseThrow(() -> new IOException("no node " + node));
    String room = RoomNames.of(key.slot(), key.source().room());
    List<String> tokens =
        PullIdentity.of(key.self()).stream()
            .limit(Layer.COUNT)
            .map(
                identity ->
                    nodes.pullToken(
                        key.self(), node, room, identity, "{\"fence\":" + fence + "}", LOCAL_TTL))
            .toList();
    return new PullGrant(url, tokens, now.plus(LOCAL_TTL));
  }

  /** The leg has ended: the origin may forget it. Blocks for the network. */
  void release(LegKey key) {
    Given last = given.remove(key);
    String legId = last == null ? null : last.legId();
    if (legId == null) {
      return;
    }
    PeerKey peer = new PeerKey(key.self().name(), key.source().site().name());
    try {
      origins
          .calls(peer, PATIENCE)
          .ifPresent(
              calls -> {
                var unused =
                    calls.closeLeg(
                        CloseLegRequest.newBuilder()
                            .setToServerName(peer.peer())
                            .setLegId(legId)
                            .build());
              });
    } catch (StatusRuntimeException e) {
      LOG.debugf("event=leg_close_unheard link=%s status=%s", peer, e.getStatus().getCode());
    }
  }
}
