package dev.weir.service.admin;

import dev.weir.admin.v1.AdminGrpc;
import dev.weir.admin.v1.AppliedObject;
import dev.weir.admin.v1.AppliedRequest;
import dev.weir.admin.v1.AppliedResponse;
import dev.weir.admin.v1.MoveRequest;
import dev.weir.admin.v1.MoveResponse;
import dev.weir.admin.v1.Node;
import dev.weir.admin.v1.NodesRequest;
import dev.weir.admin.v1.NodesResponse;
import dev.weir.admin.v1.SetDrainingRequest;
import dev.weir.admin.v1.SetDrainingResponse;
import dev.weir.admin.v1.SiteRequest;
import dev.weir.admin.v1.SiteResponse;
import dev.weir.service.config.Configuration;
import dev.weir.service.config.HomeSite;
import dev.weir.service.config.Partner;
import dev.weir.service.config.Pool;
import dev.weir.service.config.Refused;
import dev.weir.service.config.ResourceId;
import dev.weir.service.gate.Moves;
import dev.weir.service.gate.RoomKey;
import dev.weir.service.slots.Replica;
import dev.weir.service.slots.Reports;
import dev.weir.service.slots.Slots;
import dev.weir.session.Site;
import dev.weir.session.move.Cause;
import dev.weir.session.placement.NodeReport;
import dev.weir.session.slot.SlotState;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;

/** Answers the operator. */
@Singleton
public final class AdminService extends AdminGrpc.AdminImplBase {
  private final Configuration configuration;
  private final Slots slots;
  private final Reports reports;
  private final Replica replica;
  private final Instance<Moves> moves;
  private final Partners partners;
  private final Instance<SiteConditions> conditions;

  AdminService(
      Configuration configuration,
      Slots slots,
      Reports reports,
      Replica replica,
      Instance<Moves> moves,
      Partners partners,
      Instance<SiteConditions> conditions) {
    this.configuration = configuration;
    this.slots = slots;
    this.reports = reports;
    this.replica = replica;
    this.moves = moves;
    this.partners = partners;
    this.conditions = conditions;
  }

  private interface Answer<T> {
    T get() throws StatusException;
  }

  private static <T> void answer(StreamObserver<T> caller, Answer<T> answer) {
    try {
      caller.onNext(answer.get());
      caller.onCompleted();
    } catch (StatusException e) {
      caller.onError(e);
    }
  }

  @Override
  public void applied(AppliedRequest request, StreamObserver<AppliedResponse> caller) {
    answer(
        caller,
        () ->
            AppliedResponse.newBuilder()
                .setReplica(replica.name())
                .addAllObjects(appliedObjects())
                .build());
  }

  private List<AppliedObject> appliedObjects() {
    List<AppliedObject> objects = new ArrayList<>();
    for (HomeSite home : configuration.current().all()) {
      objects.add(object("Homeserver", home.id(), home.generation()));
      for (Pool pool : home.pools()) {
        objects.add(object("SfuPool", pool.id(), pool.generation()));
      }
      for (Partner partner : home.partners()) {
        objects.add(object("SfuPeer", partner.id(), partner.generation()));
      }
    }
    for (Refused refused : configuration.current().refused()) {
      objects.add(
          object(refused.kind(), refused.id(), refused.generation()).toBuilder()
              .setProblem(refused.problem())
              .build());
    }
    return objects;
  }

  private static AppliedObject object(String kind, ResourceId id, long generation) {
    return AppliedObject.newBuilder()
        .setKind(kind)
        .setNamespace(id.namespace())
        .setName(id.name())
        .setGeneration(generation)
        .build();
  }

  @Override
  public void nodes(NodesRequest request, StreamObserver<NodesResponse> caller) {
    answer(
        caller,
        () -> {
          HomeSite home = homeOf(request.getNamespace(), request.getPool());
          String prefix = request.getNamespace() + "/" + request.getPool() + "/";
          NodesResponse.Builder nodes = NodesResponse.newBuilder();
          for (NodeReport report : reports.of(home.site())) {
            if (report.node().startsWith(prefix)) {
              nodes.addNodes(node(report, prefix));
            }
          }
          return nodes.build();
        });
  }

  private Node node(NodeReport report, String prefix) {
    return Node.newBuilder()
        .setName(report.node().substring(prefix.length()))
        .setUrl(
            configuration
                .current()
                .node(report.node())
                .map(placed -> placed.node().signalling().toString())
                .orElse(""))
        .setState(
            switch (report.state()) {
              case STARTING -> Node.State.STARTING;
              case SERVING -> Node.State.SERVING;
              case DRAINING -> report.rooms() == 0 ? Node.State.DRAINED : Node.State.DRAINING;
              case DRAINED -> Node.State.DRAINED;
              case UNREACHABLE -> Node.State.UNREACHABLE;
            })
        .setRooms(report.rooms())
        .setParticipants(report.participants())
        .setStress(report.stress())
        .build();
  }

  private HomeSite homeOf(String namespace, String pool) throws StatusException {
    ResourceId id = new ResourceId(namespace, pool);
    return configuration.current().all().stream()
        .filter(home -> home.pools().stream().anyMatch(known -> known.id().equals(id)))
        .findFirst()
        .orElseThrow(
            () ->
                Status.NOT_FOUND
                    .withDescription("SfuPool " + id + " is not known to this replica yet")
                    .asException());
  }

  private String nodeOf(String namespace, String pool, String node) throws StatusException {
    String id = dev.weir.service.config.Node.id(new ResourceId(namespace, pool), node);
    if (configuration.current().node(id).isEmpty()) {
      throw Status.NOT_FOUND
          .withDescription("node " + id + " is not known to this replica")
          .asException();
    }
    return id;
  }

  @Override
  public void setDraining(SetDrainingRequest request, StreamObserver<SetDrainingResponse> caller) {
    answer(
        caller,
        () -> {
          String node = nodeOf(request.getNamespace(), request.getPool(), request.getNode());
          reports.setDraining(node, request.getDraining());
          if (!request.getDraining() && moves.isResolvable()) {
            moves.get().stopEmptying(node);
          }
          return SetDrainingResponse.getDefaultInstance();
        });
  }

  @Override
  public void move(MoveRequest request, StreamObserver<MoveResponse> caller) {
    answer(
        caller,
        () -> {
          String node = nodeOf(request.getNamespace(), request.getPool(), request.getNode());
          if (!moves.isResolvable()) {
            throw Status.FAILED_PRECONDITION
                .withDescription("this replica has no gate, so it moves no rooms")
                .asException();
          }
          return request.getRoom().isEmpty()
              ? drain(node, request.getRoomsPerMinute())
              : moveRoom(homeOf(request.getNamespace(), request.getPool()), request.getRoom());
        });
  }

  private MoveResponse drain(String node, int roomsPerMinute) {
    // More than half of what fits into 32 bits is as good as no limit.
    Moves.Progress progress = moves.get().drain(node, Math.max(0, roomsPerMinute));
    return MoveResponse.newBuilder()
        .setStarted(progress.started())
        .setWaiting(progress.waiting())
        .build();
  }

  private MoveResponse moveRoom(HomeSite home, String room) {
    var unused = moves.get().move(new RoomKey(home.site().name(), room), Cause.DEMAND);
    return MoveResponse.newBuilder().setStarted(1).build();
  }

  @Override
  public void site(SiteRequest request, StreamObserver<SiteResponse> caller) {
    answer(
        caller,
        () -> {
          Site site = new Site(request.getServerName());
          if (configuration.current().find(site).isEmpty()) {
            throw Status.NOT_FOUND
                .withDescription("Homeserver " + site.name() + " is not known to this replica yet")
                .asException();
          }
          List<SlotState> states =
              slots.live(site).stream().flatMap(slot -> slots.find(site, slot).stream()).toList();
          SiteResponse.Builder response =
              SiteResponse.newBuilder()
                  .setSessions(
                      (int) states.stream().filter(s -> !s.attachments().isEmpty()).count())
                  .setMembers(
                      states.stream()
                          .mapToInt(
                              s ->
                                  (int)
                                      s.attachments().values().stream()
                                          .map(a -> a.client())
                                          .distinct()
                                          .count())
                          .sum());
          response.addAllPeers(partners.of(site));
          conditions.stream().forEach(all -> response.addAllConditions(all.of(site)));
          return response.build();
        });
  }
}
