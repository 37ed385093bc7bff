package dev.weir.service.admin;

import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import io.smallrye.certs.CertificateGenerator;
import io.smallrye.certs.CertificateRequest;
import io.smallrye.certs.Format;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Certificates of an admin port and of the operator that it answers, each with a CA of its own. */
public final class AdminKeys {
  private final Path folder;

  public AdminKeys(Path folder) throws Exception {
    this.folder = Files.createDirectories(folder);
    new CertificateGenerator(folder, true)
        .generate(
            new CertificateRequest()
                .withName("admin")
                .withFormats(List.of(Format.PEM))
                .withClientCertificate()
                .withCN("localhost"));
    Files.copy(folder.resolve("admin.crt"), folder.resolve("tls.crt"));
    Files.copy(folder.resolve("admin.key"), folder.resolve("tls.key"));
    // The server trusts whom the client's CA signed.
    Files.copy(folder.resolve("admin-server-ca.crt"), folder.resolve("ca.crt"));
  }

  /** What a router is given as {@code WEIR_ADMIN_TLS_DIR}. */
  public Path folder() {
    return folder;
  }

  /** What somebody needs who only knows the server. */
  public TlsChannelCredentials.Builder stranger() throws IOException {
    return TlsChannelCredentials.newBuilder()
        .trustManager(folder.resolve("admin-client-ca.crt").toFile());
  }

  /** The operator's own. */
  public ChannelCredentials operator() throws IOException {
    return with(stranger());
  }

  /** Shows these certificates to another server. */
  public ChannelCredentials with(TlsChannelCredentials.Builder other) throws IOException {
    return other
        .keyManager(
            folder.resolve("admin-client.crt").toFile(),
            folder.resolve("admin-client.key").toFile())
        .build();
  }
}
