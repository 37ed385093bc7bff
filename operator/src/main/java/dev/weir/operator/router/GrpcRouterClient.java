package dev.weir.operator.router;

import dev.weir.admin.v1.AdminGrpc;
import dev.weir.admin.v1.AppliedObject;
import dev.weir.admin.v1.AppliedRequest;
import dev.weir.admin.v1.AppliedResponse;
import dev.weir.admin.v1.Condition;
import dev.weir.admin.v1.MoveRequest;
import dev.weir.admin.v1.Node;
import dev.weir.admin.v1.NodesRequest;
import dev.weir.admin.v1.PeerState;
import dev.weir.admin.v1.SetDrainingRequest;
import dev.weir.admin.v1.SiteRequest;
import dev.weir.admin.v1.SiteResponse;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The admin protocol over gRPC. Every ready replica is asked; a node is closed when all say so, its
 * load is the largest that any of them saw.
 *
 * <p>What replicas work with is the same for all objects, so one answer serves all reconciles of a
 * second.
 */
public final class GrpcRouterClient implements RouterClient {
  private static final Logger LOG = Logger.getLogger(GrpcRouterClient.class);
  private static final Duration DEADLINE = Duration.ofSeconds(2);
  private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

  private final RouterReplicas replicas;
  private final Supplier<Long> ticker;
  private @Nullable Snapshot snapshot;

  /** What all replicas said at one time; null for one that did not answer. */
  private record Snapshot(long taken, Map<String, AppliedResponse> answers, List<String> silent) {}

  public GrpcRouterClient(RouterReplicas replicas, Supplier<Long> ticker) {
    this.replicas = replicas;
    this.ticker = ticker;
  }

  @Override
  public Applied applied(String kind, String namespace, String name, long generation) {
    Snapshot all = snapshot();
    if (all.answers().isEmpty()) {
      return new Applied.NobodyAnswers(
          all.silent().isEmpty() ? "no router replica is ready" : "no router replica answers");
    }
    if (!all.silent().isEmpty()) {
      return new Applied.Pending(all.silent().get(0));
    }
    for (AppliedResponse answer : all.answers().values()) {
      Optional<AppliedObject> object =
          answer.getObjectsList().stream()
              .filter(
                  candidate ->
                      candidate.getKind().equals(kind)
                          && candidate.getNamespace().equals(namespace)
                          && candidate.getName().equals(name))
              .findFirst();
      if (object.isEmpty() || object.get().getGeneration() < generation) {
        return new Applied.Pending(answer.getReplica());
      }
      if (!object.get().getProblem().isEmpty()) {
        return new Applied.Problem(object.get().getProblem());
      }
    }
    return new Applied.Everywhere(all.answers().size());
  }

  private synchronized Snapshot snapshot() {
    long now = ticker.get();
    Snapshot last = snapshot;
    if (last != null && now - last.taken() < FRESH_NANOS) {
      return last;
    }
    Map<String, AppliedResponse> answers = new TreeMap<>();
    List<String> silent = new ArrayList<>();
    askAll(
        "Applied",
        stub -> stub.applied(AppliedRequest.getDefaultInstance()),
        answers::put,
        silent::add);
    Snapshot fresh = new Snapshot(now, answers, silent);
    snapshot = fresh;
    return fresh;
  }

  @Override
  public Optional<List<NodeLoad>> nodes(String namespace, String pool) {
    NodesRequest request = NodesRequest.newBuilder().setNamespace(namespace).setPool(pool).build();
    Map<String, NodeLoad> merged = new TreeMap<>();
    int answers =
        askAll(
            "Nodes",
            stub -> stub.nodes(request),
            (replica, answer) ->
                answer.getNodesList().stream()
                    .map(GrpcRouterClient::load)
                    .forEach(load -> merged.merge(load.name(), load, GrpcRouterClient::worse)),
            silent -> {});
    return answers == 0 ? Optional.empty() : Optional.of(List.copyOf(merged.values()));
  }

  private static NodeLoad load(Node node) {
    boolean closed =
        node.getState() == Node.State.DRAINING || node.getState() == Node.State.DRAINED;
    boolean reachable = node.getState() == Node.State.SERVING || closed;
    return new NodeLoad(
        node.getName(),
        node.getUrl(),
        reachable,
        closed,
        node.getRooms(),
        node.getParticipants(),
        node.getStress(),
        node.getVersion());
  }

  private static NodeLoad worse(NodeLoad one, NodeLoad other) {
    return new NodeLoad(
        one.name(),
        one.url(),
        one.reachable() && other.reachable(),
        one.closed() && other.closed(),
        Math.max(one.rooms(), other.rooms()),
        Math.max(one.participants(), other.participants()),
        Math.max(one.stress(), other.stress()),
        one.version().isEmpty() ? other.version() : one.version());
  }

  @Override
  public void setDraining(String namespace, String pool, String node, boolean draining) {
    SetDrainingRequest request =
        SetDrainingRequest.newBuilder()
            .setNamespace(namespace)
            .setPool(pool)
            .setNode(node)
            .setDraining(draining)
            .build();
    askAll("SetDraining", stub -> stub.setDraining(request), (replica, answer) -> {}, silent -> {});
  }

  @Override
  public void move(String namespace, String pool, String node, int roomsPerMinute) {
    MoveRequest request =
        MoveRequest.newBuilder()
            .setNamespace(namespace)
            .setPool(pool)
            .setNode(node)
            .setRoomsPerMinute(roomsPerMinute)
            .build();
    for (var channel : replicas.channels().entrySet()) {
      try {
        stub(channel.getValue()).move(request);
        return;
      } catch (StatusRuntimeException e) {
        LOG.warnf(
            "router refused rpc=Move replica=%s code=%s",
            channel.getKey(), e.getStatus().getCode());
      }
    }
  }

  @Override
  public Optional<SiteReport> site(String serverName) {
    SiteRequest request = SiteRequest.newBuilder().setServerName(serverName).build();
    List<SiteResponse> answers = new ArrayList<>();
    askAll(
        "Site", stub -> stub.site(request), (replica, answer) -> answers.add(answer), silent -> {});
    // A site's state is shared by its replicas; a peer is held by one of them, which is the one
    // that tells most.
    return answers.stream().map(GrpcRouterClient::report).reduce(GrpcRouterClient::richer);
  }

  private static SiteReport richer(SiteReport one, SiteReport other) {
    Map<String, PeerReport> peers = new TreeMap<>();
    one.peers().forEach(peer -> peers.put(peer.serverName(), peer));
    other
        .peers()
        .forEach(
            peer ->
                peers.merge(
                    peer.serverName(), peer, (a, b) -> a.connected() || !b.connected() ? a : b));
    return new SiteReport(
        Math.max(one.sessions(), other.sessions()),
        Math.max(one.members(), other.members()),
        List.copyOf(peers.values()),
        one.conditions().isEmpty() ? other.conditions() : one.conditions());
  }

  private static SiteReport report(SiteResponse answer) {
    return new SiteReport(
        answer.getSessions(),
        answer.getMembers(),
        answer.getPeersList().stream().map(GrpcRouterClient::peer).toList(),
        aspects(answer.getConditionsList()));
  }

  private static PeerReport peer(PeerState peer) {
    return new PeerReport(
        peer.getServerName(),
        peer.getConnected(),
        peer.getProblem(),
        peer.getProtocolVersion(),
        peer.getLastHandshakeUnixMillis(),
        List.copyOf(peer.getKeyPinsList()),
        peer.getCertificateNotAfterUnixMillis(),
        peer.getLegs(),
        peer.getBitrateBps(),
        aspects(peer.getConditionsList()));
  }

  private static List<Aspect> aspects(List<Condition> conditions) {
    return conditions.stream()
        .map(
            condition ->
                new Aspect(
                    condition.getType(),
                    switch (condition.getStatus()) {
                      case TRUE -> Boolean.TRUE;
                      case FALSE -> Boolean.FALSE;
                      default -> null;
                    },
                    condition.getReason(),
                    condition.getMessage()))
        .toList();
  }

  private interface Answer<T> {
    void from(String replica, T answer);
  }

  private interface Silence {
    void of(String replica);
  }

  private <T> int askAll(
      String rpc,
      Function<AdminGrpc.AdminBlockingStub, T> call,
      Answer<T> answered,
      Silence silent) {
    int answers = 0;
    for (var channel : replicas.channels().entrySet()) {
      try {
        answered.from(channel.getKey(), call.apply(stub(channel.getValue())));
        answers++;
      } catch (StatusRuntimeException e) {
        LOG.debugf(
            "router does not answer rpc=%s replica=%s code=%s",
            rpc, channel.getKey(), e.getStatus().getCode());
        silent.of(channel.getKey());
      }
    }
    return answers;
  }

  private static AdminGrpc.AdminBlockingStub stub(io.grpc.Channel channel) {
    return AdminGrpc.newBlockingStub(channel)
        .withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
  }
}
