package dev.weir.service.replicas;

import dev.weir.admin.v1.AdminGrpc;
import dev.weir.admin.v1.MoveRequest;
import dev.weir.service.admin.AdminKeys;
import dev.weir.service.ports.FreePorts;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import java.nio.file.Path;
import java.util.Map;

/** What an operator has of a router: its admin port, and the certificates for it. */
final class AdminLine implements AutoCloseable {
  private final AdminKeys keys;
  private final int port = FreePorts.next();
  private final ManagedChannel channel;

  AdminLine(Path folder) throws Exception {
    keys = new AdminKeys(folder);
    channel =
        Grpc.newChannelBuilderForAddress("127.0.0.1", port, keys.operator())
            .overrideAuthority("localhost")
            .build();
  }

  /** Of the router that this line leads to. */
  Map<String, String> settings() {
    return Map.of(
        "WEIR_ADMIN_PORT", Integer.toString(port), "WEIR_ADMIN_TLS_DIR", keys.folder().toString());
  }

  /** One call's room. */
  void move(String node, String roomId) {
    send(from(node).setRoom(Deployment.liveKitRoom(roomId)));
  }

  /** All rooms, as for a node that is to be stopped. */
  void empty(String node) {
    send(from(node));
  }

  private static MoveRequest.Builder from(String node) {
    return MoveRequest.newBuilder()
        .setNamespace("default")
        .setPool("main")
        .setNode(node.substring(node.lastIndexOf('/') + 1));
  }

  private void send(MoveRequest.Builder request) {
    var unused = AdminGrpc.newBlockingStub(channel).move(request.build());
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
