package dev.weir.service.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.admin.v1.MoveRequest;
import dev.weir.admin.v1.MoveResponse;
import dev.weir.service.gate.Moves;
import dev.weir.service.gate.RoomKey;
import dev.weir.service.slots.Beans;
import dev.weir.service.slots.TestRouter;
import dev.weir.session.move.Cause;
import dev.weir.session.move.Outcome;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the operator's wish to empty a node becomes. */
class AdminMoveTest {
  @TempDir Path data;
  private final List<String> asked = new ArrayList<>();

  @Test
  void theOperatorsPaceReachesTheMover() {
    try (TestRouter router =
        new TestRouter(data, List.of(TestRouter.node("n1", URI.create("http://127.0.0.1:1"))))) {
      AdminService admin =
          new AdminService(
              router.configuration,
              router.slots,
              router.reports,
              router.replica,
              new Beans<Moves>(List.of(new Asked())),
              new Partners(router.configuration, new Beans<>(List.of())),
              new Beans<>(List.of()));
      assertThat(move(admin, 12).getWaiting()).isEqualTo(3);
      move(admin, 0);
      // 32 bits without a sign: a pace that nothing could exceed.
      move(admin, -1);
    }
    assertThat(asked)
        .containsExactly("default/main/n1 at 12", "default/main/n1 at 0", "default/main/n1 at 0");
  }

  private static MoveResponse move(AdminService admin, int pace) {
    CompletableFuture<MoveResponse> answer = new CompletableFuture<>();
    admin.move(
        MoveRequest.newBuilder()
            .setNamespace("default")
            .setPool("main")
            .setNode("n1")
            .setRoomsPerMinute(pace)
            .build(),
        new StreamObserver<>() {
          @Override
          public void onNext(MoveResponse response) {
            answer.complete(response);
          }

          @Override
          public void onError(Throwable failure) {
            answer.completeExceptionally(failure);
          }

          @Override
          public void onCompleted() {
            // The answer was all.
          }
        });
    return answer.join();
  }

  private final class Asked implements Moves {
    @Override
    public CompletionStage<Outcome> move(RoomKey room, Cause cause) {
      return CompletableFuture.completedFuture(Outcome.MOVED);
    }

    @Override
    public Progress drain(String node, int roomsPerMinute) {
      asked.add(node + " at " + roomsPerMinute);
      return new Progress(1, 3);
    }

    @Override
    public void stopEmptying(String node) {
      asked.add("no longer " + node);
    }
  }
}
