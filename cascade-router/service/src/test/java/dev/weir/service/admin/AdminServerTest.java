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
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.StreamObserver;
import io.smallrye.certs.CertificateGenerator;
import io.smallrye.certs.CertificateRequest;
import io.smallrye.certs.Format;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminServerTest {
  @TempDir Path folder;
  private AdminServer server;

  private static final class Answers extends AdminGrpc.AdminImplBase {
    @Override
    public void applied(AppliedRequest request, StreamObserver<AppliedResponse> caller) {
      caller.onNext(AppliedResponse.newBuilder().setReplica("r1").build());
      caller.onCompleted();
    }
  }

  /** Server and client certificates, each signed by a CA of its own, named by the files. */
  private Path pair(String name) throws Exception {
    Path at = Files.createDirectories(folder.resolve(name));
    new CertificateGenerator(at, true)
        .generate(
            new CertificateRequest()
                .withName(name)
                .withFormats(List.of(Format.PEM))
                .withClientCertificate()
                .withCN("localhost"));
    return at;
  }

  @BeforeEach
  void start() throws Exception {
    Path admin = pair("admin");
    Files.copy(admin.resolve("admin.crt"), admin.resolve("tls.crt"));
    Files.copy(admin.resolve("admin.key"), admin.resolve("tls.key"));
    // The server trusts whom the client's CA signed.
    Files.copy(admin.resolve("admin-server-ca.crt"), admin.resolve("ca.crt"));
    server = new AdminServer(0, admin, new Answers());
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

  private TlsChannelCredentials.Builder trusting() throws IOException {
    return TlsChannelCredentials.newBuilder()
        .trustManager(folder.resolve("admin/admin-client-ca.crt").toFile());
  }

  @Test
  void answersTheOperatorOfItsOwnCa() throws Exception {
    Path admin = folder.resolve("admin");
    assertThat(
            call(trusting()
                    .keyManager(
                        admin.resolve("admin-client.crt").toFile(),
                        admin.resolve("admin-client.key").toFile())
                    .build())
                .getReplica())
        .isEqualTo("r1");
  }

  @Test
  void answersNobodyWithoutACertificate() {
    assertThatThrownBy(() -> call(trusting().build()))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("UNAVAILABLE");
  }

  @Test
  void answersNobodyOfAnotherCa() throws Exception {
    Path other = pair("other");
    assertThatThrownBy(
            () ->
                call(
                    trusting()
                        .keyManager(
                            other.resolve("other-client.crt").toFile(),
                            other.resolve("other-client.key").toFile())
                        .build()))
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
