package dev.weir.service.slots;

import com.google.protobuf.Message;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.Room;
import livekit.LivekitModels.TrackInfo;
import livekit.LivekitRoom.CreateRoomRequest;
import livekit.LivekitRoom.ListParticipantsRequest;
import livekit.LivekitRoom.ListParticipantsResponse;
import livekit.LivekitRoom.ListRoomsResponse;

/** A LiveKit node's room API over a memory that the test writes. */
final class ToldNode implements AutoCloseable {
  private static final AtomicInteger SIDS = new AtomicInteger();

  private final HttpServer server;
  private final Map<String, Map<String, ParticipantInfo>> rooms = new TreeMap<>();
  private final Map<String, String> metadata = new TreeMap<>();

  ToldNode() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/twirp/livekit.RoomService/", this::answer);
    server.start();
  }

  URI signalling() {
    return URI.create("ws://127.0.0.1:" + server.getAddress().getPort());
  }

  synchronized ParticipantInfo joins(String room, String identity, long atMillis) {
    ParticipantInfo person =
        ParticipantInfo.newBuilder()
            .setIdentity(identity)
            .setSid("PA_" + SIDS.incrementAndGet())
            .setState(ParticipantInfo.State.ACTIVE)
            .setJoinedAtMs(atMillis)
            .build();
    people(room).put(identity, person);
    return person;
  }

  synchronized Optional<ParticipantInfo> leaves(String room, String identity) {
    return Optional.ofNullable(people(room).remove(identity));
  }

  synchronized Optional<ParticipantInfo> find(String room, String identity) {
    return Optional.ofNullable(people(room).get(identity));
  }

  synchronized void publishes(String room, String identity, boolean value) {
    people(room)
        .computeIfPresent(
            identity,
            (name, person) -> {
              ParticipantInfo.Builder changed = person.toBuilder().clearTracks();
              return (value ? changed.addTracks(TrackInfo.newBuilder().setSid("TR_1")) : changed)
                  .build();
            });
  }

  synchronized Map<String, ParticipantInfo> everybody(String room) {
    return Map.copyOf(people(room));
  }

  synchronized void ends(String room) {
    rooms.remove(room);
  }

  private Map<String, ParticipantInfo> people(String room) {
    return rooms.computeIfAbsent(room, name -> new TreeMap<>());
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getPath();
      Optional<Message> answer = call(path.substring(path.lastIndexOf('/') + 1), body);
      byte[] bytes = answer.map(Message::toByteArray).orElseGet(() -> new byte[0]);
      exchange.getResponseHeaders().add("Content-Type", "application/protobuf");
      exchange.sendResponseHeaders(
          answer.isPresent() ? 200 : 404, bytes.length == 0 ? -1 : bytes.length);
      if (bytes.length > 0) {
        exchange.getResponseBody().write(bytes);
      }
    }
  }

  private synchronized Optional<Message> call(String method, byte[] body) throws IOException {
    return switch (method) {
      case "CreateRoom" -> {
        CreateRoomRequest asked = CreateRoomRequest.parseFrom(body);
        people(asked.getName());
        metadata.put(asked.getName(), asked.getMetadata());
        yield Optional.of(Room.newBuilder().setName(asked.getName()).build());
      }
      case "ListRooms" -> {
        ListRoomsResponse.Builder all = ListRoomsResponse.newBuilder();
        rooms.forEach(
            (name, people) ->
                all.addRooms(
                    Room.newBuilder()
                        .setName(name)
                        .setMetadata(metadata.getOrDefault(name, ""))
                        .setNumParticipants(people.size())));
        yield Optional.of(all.build());
      }
      case "ListParticipants" -> {
        String room = ListParticipantsRequest.parseFrom(body).getRoom();
        yield rooms.containsKey(room)
            ? Optional.of(
                ListParticipantsResponse.newBuilder()
                    .addAllParticipants(people(room).values())
                    .build())
            : Optional.empty();
      }
      default -> Optional.empty();
    };
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
