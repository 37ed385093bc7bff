package dev.weir.service.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.admin.v1.AdminGrpc;
import dev.weir.admin.v1.AppliedRequest;
import dev.weir.admin.v1.AppliedResponse;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminServerTest {
  @TempDir Path folder;
  private AdminKeys keys;
  private AdminServer server;

  private static final class Answers extends AdminGrpc.AdminImplBase {
    @Override
    public void applied(AppliedRequest request, StreamObserver<AppliedResponse> caller) {
      caller.onNext(AppliedResponse.newBuilder().setReplica("r1").build());
      caller.onCompleted();
    }
  }

  @BeforeEach
  void start() throws Exception {
    keys = new AdminKeys(folder.resolve("admin"));
    server = new AdminServer(0, keys.folder(), new Answers());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private AppliedResponse call(ChannelCredentials credentials) {
    ManagedChannel channel =
        Grpc.newChannelBuilderForAddress("localhost", server.port(), credentials).build();
    try {
      return AdminGrpc.newBlockingStub(channel).applied(AppliedRequest.getDefaultInstance());
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void answersTheOperatorOfItsOwnCa() throws Exception {
    assertThat(call(keys.operator()).getReplica()).isEqualTo("r1");
  }

  @Test
  void answersNobodyWithoutACertificate() {
    assertThatThrownBy(() -> call(keys.stranger().build()))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("UNAVAILABLE");
  }

  @Test
  void answersNobodyOfAnotherCa() throws Exception {
    AdminKeys other = new AdminKeys(folder.resolve("other"));
    assertThatThrownBy(() -> call(other.with(keys.stranger())))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("UNAVAILABLE");
  }

  @Test
  void saysWhichFileIsMissing() {
    assertThatThrownBy(() -> new AdminServer(0, folder.resolve("nowhere"), new Answers()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("tls.crt is missing");
  }
}
