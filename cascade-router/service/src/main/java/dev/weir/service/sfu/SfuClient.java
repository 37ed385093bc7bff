package dev.weir.service.sfu;

import io.livekit.server.RoomServiceClient;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.Room;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;
import retrofit2.Call;
import retrofit2.Response;

/** The room API of one LiveKit node. Every call blocks for a few seconds at most. */
public final class SfuClient {
  private static final Duration EMPTY_TIMEOUT = Duration.ofSeconds(300);
  private static final Duration DEPARTURE_TIMEOUT = Duration.ofSeconds(20);
  private static final int UNLIMITED = 0;
  private static final int NOT_FOUND = 404;

  private final RoomServiceClient rooms;

  /**
   * @param signallingUrl the node's URL as clients of LiveKit know it, ws or wss
   * @param http shared by all nodes, so that connections are kept
   */
  public SfuClient(URI signallingUrl, SigningKey key, OkHttpClient http) {
    this.rooms =
        RoomServiceClient.createClient(apiUrl(signallingUrl), key.id(), key.secret(), () -> http);
  }

  /** A client with pooled connections and short time limits. */
  public static OkHttpClient sharedHttp() {
    Dispatcher dispatcher = new Dispatcher();
    dispatcher.setMaxRequests(512);
    dispatcher.setMaxRequestsPerHost(128);
    return new OkHttpClient.Builder()
        .connectTimeout(Duration.ofSeconds(2))
        .callTimeout(Duration.ofSeconds(5))
        .connectionPool(new ConnectionPool(64, 5, TimeUnit.MINUTES))
        .dispatcher(dispatcher)
        .retryOnConnectionFailure(true)
        .build();
  }

  private static String apiUrl(URI signallingUrl) {
    return signallingUrl.toString().replaceFirst("^ws", "http");
  }

  /** Makes the room, or leaves the one that is there as it is. */
  public Room createRoom(String name) throws SfuFailure {
    return createRoom(name, null);
  }

  /**
   * Makes the room, or leaves the one that is there as it is.
   *
   * @param metadata what the room shall say about itself
   */
  public Room createRoom(String name, @Nullable String metadata) throws SfuFailure {
    return require(
        rooms.createRoom(
            name,
            (int) EMPTY_TIMEOUT.toSeconds(),
            UNLIMITED,
            null,
            metadata,
            null,
            null,
            null,
            (int) DEPARTURE_TIMEOUT.toSeconds()));
  }

  public List<Room> listRooms() throws SfuFailure {
    return require(rooms.listRooms());
  }

  /** Everybody in the room, hidden participants too; empty when the node has no such room. */
  public Optional<List<ParticipantInfo>> listParticipants(String room) throws SfuFailure {
    return answer(rooms.listParticipants(room));
  }

  /** True when the participant was there. */
  public boolean removeParticipant(String room, String identity) throws SfuFailure {
    Response<Void> response = execute(rooms.removeParticipant(room, identity));
    if (response.code() == NOT_FOUND) {
      return false;
    }
    requireSuccess(response);
    return true;
  }

  /** True when the room was there. */
  public boolean deleteRoom(String room) throws SfuFailure {
    Response<Void> response = execute(rooms.deleteRoom(room));
    if (response.code() == NOT_FOUND) {
      return false;
    }
    requireSuccess(response);
    return true;
  }

  private static <T> T require(Call<T> call) throws SfuFailure {
    return answer(call)
        .orElseThrow(() -> new SfuFailure(SfuFailure.Kind.REFUSED, "the node does not know it"));
  }

  private static <T> Optional<T> answer(Call<T> call) throws SfuFailure {
    Response<T> response = execute(call);
    if (response.code() == NOT_FOUND) {
      return Optional.empty();
    }
    requireSuccess(response);
    @Nullable T body = response.body();
    if (body == null) {
      throw new SfuFailure(SfuFailure.Kind.REFUSED, "the node answered without a body");
    }
    return Optional.of(body);
  }

  private static <T> Response<T> execute(Call<T> call) throws SfuFailure {
    try {
      return call.execute();
    } catch (IOException e) {
      throw new SfuFailure(SfuFailure.Kind.UNREACHABLE, "the node does not answer", e);
    }
  }

  private static void requireSuccess(Response<?> response) throws SfuFailure {
    if (response.code() >= 500) {
      throw new SfuFailure(SfuFailure.Kind.UNREACHABLE, "the node answered " + response.code());
    }
    if (!response.isSuccessful()) {
      throw new SfuFailure(SfuFailure.Kind.REFUSED, "the node answered " + response.code());
    }
  }
}
