package dev.weir.service.contract;

import com.google.protobuf.Message;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.Room;
import livekit.LivekitRoom.CreateRoomRequest;
import livekit.LivekitRoom.ListParticipantsRequest;
import livekit.LivekitRoom.ListParticipantsResponse;
import livekit.LivekitRoom.ListRoomsResponse;
import livekit.LivekitRoom.RemoveParticipantResponse;
import livekit.LivekitRoom.RoomParticipantIdentity;

/** The API of a LiveKit server, with rooms and participants but no media. */
final class FakeSfu implements AutoCloseable {
  private final HttpServer server;
  private final Map<String, CreateRoomRequest> rooms = new ConcurrentHashMap<>();
  private final Map<String, List<ParticipantInfo>> people = new ConcurrentHashMap<>();
  private final AtomicInteger sids = new AtomicInteger();
  final List<String> removed = new CopyOnWriteArrayList<>();
  volatile boolean refusesRooms;

  FakeSfu() throws IOException {
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 1024);
    server.createContext("/twirp/livekit.RoomService/", this::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  String url() {
    return "ws://127.0.0.1:" + server.getAddress().getPort();
  }

  /** How a room was made, if it was. */
  Optional<CreateRoomRequest> room(String name) {
    return Optional.ofNullable(rooms.get(name));
  }

  void join(String room, String identity) {
    people
        .computeIfAbsent(room, any -> new CopyOnWriteArrayList<>())
        .add(
            ParticipantInfo.newBuilder()
                .setIdentity(identity)
                .setSid("PA_" + sids.incrementAndGet())
                .setState(ParticipantInfo.State.ACTIVE)
                .setJoinedAtMs(System.currentTimeMillis())
                .build());
  }

  /** A room that somebody else has made. */
  void haveRoom(String name) {
    rooms.put(name, CreateRoomRequest.newBuilder().setName(name).build());
  }

  void leave(String room, String identity) {
    people.getOrDefault(room, List.of()).removeIf(one -> one.getIdentity().equals(identity));
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    String method = exchange.getRequestURI().getPath().replaceFirst(".*/", "");
    switch (method) {
      case "CreateRoom" -> {
        CreateRoomRequest request = CreateRoomRequest.parseFrom(body);
        if (refusesRooms) {
          error(exchange, 500, "internal");
        } else {
          rooms.putIfAbsent(request.getName(), request);
          reply(exchange, room(request));
        }
      }
      case "ListRooms" -> {
        ListRoomsResponse.Builder all = ListRoomsResponse.newBuilder();
        rooms.values().forEach(room -> all.addRooms(room(room)));
        reply(exchange, all.build());
      }
      case "ListParticipants" -> {
        String room = ListParticipantsRequest.parseFrom(body).getRoom();
        if (rooms.containsKey(room)) {
          reply(
              exchange,
              ListParticipantsResponse.newBuilder()
                  .addAllParticipants(people.getOrDefault(room, List.of()))
                  .build());
        } else {
          error(exchange, 404, "not_found");
        }
      }
      case "RemoveParticipant" -> {
        RoomParticipantIdentity who = RoomParticipantIdentity.parseFrom(body);
        removed.add(who.getIdentity());
        List<ParticipantInfo> there = people.getOrDefault(who.getRoom(), new ArrayList<>());
        there.removeIf(person -> person.getIdentity().equals(who.getIdentity()));
        reply(exchange, RemoveParticipantResponse.getDefaultInstance());
      }
      default -> error(exchange, 404, "bad_route");
    }
  }

  private Room room(CreateRoomRequest request) {
    return Room.newBuilder()
        .setName(request.getName())
        .setSid("RM_" + Integer.toHexString(request.getName().hashCode()))
        .setMetadata(request.getMetadata())
        .setCreationTime(System.currentTimeMillis() / 1000 - 3600)
        .setNumParticipants(people.getOrDefault(request.getName(), List.of()).size())
        .build();
  }

  private static void reply(HttpExchange exchange, Message message) throws IOException {
    write(exchange, 200, "application/protobuf", message.toByteArray());
  }

  private static void error(HttpExchange exchange, int status, String code) throws IOException {
    byte[] body = ("{\"code\":\"" + code + "\",\"msg\":\"no\"}").getBytes(StandardCharsets.UTF_8);
    write(exchange, status, "application/json", body);
  }

  private static void write(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
