package dev.weir.service.admin;

import io.grpc.BindableService;
import io.grpc.Grpc;
import io.grpc.Server;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The port for the operator. Both sides show a certificate of the admin CA; a renewed certificate
 * is taken up from the folder without a restart.
 */
public final class AdminServer implements AutoCloseable {
  private static final int MAX_MESSAGE = 256 * 1024;
  private static final int RELOAD_MINUTES = 10;

  private final ScheduledExecutorService reload =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("admin-certificates").factory());
  private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
  private final AdvancedTlsX509KeyManager identity = new AdvancedTlsX509KeyManager();
  private final Closeable identityReload;
  private final Closeable trustReload;
  private final Server server;

  /**
   * @param folder holds {@code tls.crt}, {@code tls.key} and {@code ca.crt}
   * @param port zero for any
   */
  public AdminServer(int port, Path folder, BindableService service) throws IOException {
    try {
      AdvancedTlsX509TrustManager trust =
          AdvancedTlsX509TrustManager.newBuilder()
              // The operator is known by the CA alone: it has no fixed address.
              .setVerification(
                  AdvancedTlsX509TrustManager.Verification.CERTIFICATE_ONLY_VERIFICATION)
              .build();
      identityReload =
          identity.updateIdentityCredentials(
              file(folder, "tls.crt"),
              file(folder, "tls.key"),
              RELOAD_MINUTES,
              TimeUnit.MINUTES,
              reload);
      trustReload =
          trust.updateTrustCredentials(
              file(folder, "ca.crt"), RELOAD_MINUTES, TimeUnit.MINUTES, reload);
      server =
          Grpc.newServerBuilderForPort(
                  port,
                  TlsServerCredentials.newBuilder()
                      .keyManager(identity)
                      .trustManager(trust)
                      .clientAuth(ClientAuth.REQUIRE)
                      .build())
              .executor(calls)
              .maxInboundMessageSize(MAX_MESSAGE)
              .addService(service)
              .build()
              .start();
    } catch (GeneralSecurityException e) {
      throw new IOException("The admin certificates in " + folder + " cannot be used", e);
    }
  }

  private static File file(Path folder, String name) throws IOException {
    File file = folder.resolve(name).toFile();
    if (!file.isFile()) {
      throw new IOException(
          file + " is missing; the admin port needs tls.crt, tls.key and ca.crt there");
    }
    return file;
  }

  public int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    server.shutdown();
    try {
      if (!server.awaitTermination(5, TimeUnit.SECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    try {
      identityReload.close();
      trustReload.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    reload.shutdownNow();
    calls.close();
  }
}
