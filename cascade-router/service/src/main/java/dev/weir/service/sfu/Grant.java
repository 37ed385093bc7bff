package dev.weir.service.sfu;

import io.livekit.server.Agent;
import io.livekit.server.CanPublish;
import io.livekit.server.CanPublishData;
import io.livekit.server.CanSubscribe;
import io.livekit.server.CanUpdateOwnMetadata;
import io.livekit.server.Hidden;
import io.livekit.server.RoomCreate;
import io.livekit.server.RoomJoin;
import io.livekit.server.RoomName;
import io.livekit.server.VideoGrant;
import java.util.List;

/** What the bearer of a token may do in one LiveKit room. */
public sealed interface Grant {
  String room();

  List<VideoGrant> claims();

  /** A client: it always watches, and publishes if its role allows. */
  record Client(String room, boolean mayPublish) implements Grant {
    @Override
    public List<VideoGrant> claims() {
      return List.of(
          new RoomJoin(true),
          new RoomName(room),
          new RoomCreate(false),
          new CanSubscribe(true),
          new CanPublish(mayPublish),
          new CanPublishData(mayPublish),
          new CanUpdateOwnMetadata(true));
    }
  }

  /** A relay that takes media out of a room, unseen; an agent, so that it keeps no room open. */
  record Pull(String room) implements Grant {
    @Override
    public List<VideoGrant> claims() {
      return List.of(
          new RoomJoin(true),
          new RoomName(room),
          new RoomCreate(false),
          new CanSubscribe(true),
          new CanPublish(false),
          new CanPublishData(false),
          new CanUpdateOwnMetadata(false),
          new Hidden(true),
          new Agent(true));
    }
  }

  /** A relay that brings a member's media into a room under the member's identity. */
  record Relayed(String room) implements Grant {
    @Override
    public List<VideoGrant> claims() {
      return List.of(
          new RoomJoin(true),
          new RoomName(room),
          new RoomCreate(false),
          new CanSubscribe(false),
          new CanPublish(true),
          new CanPublishData(false),
          new CanUpdateOwnMetadata(true));
    }
  }
}
