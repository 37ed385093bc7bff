package dev.weir.service.admin;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Opens the operator's port where the deployment asks for it; a standalone router has none. */
@Singleton
final class AdminPort {
  private static final Logger LOG = Logger.getLogger(AdminPort.class);

  private final AdminService service;
  private final Optional<Integer> port;
  private final Optional<Path> certificates;
  private @Nullable AdminServer server;

  AdminPort(
      AdminService service,
      @ConfigProperty(name = "weir.admin.port") Optional<Integer> port,
      @ConfigProperty(name = "weir.admin.tls.dir") Optional<Path> certificates) {
    this.service = service;
    this.port = port;
    this.certificates = certificates;
  }

  void start(@Observes StartupEvent event) throws IOException {
    if (port.isEmpty()) {
      return;
    }
    Path folder =
        certificates.orElseThrow(
            () ->
                new IOException(
                    "WEIR_ADMIN_PORT is set but WEIR_ADMIN_TLS_DIR is not; the admin port is never"
                        + " open without mutual TLS"));
    server = new AdminServer(port.get(), folder, service);
    LOG.infof("event=admin-port-open port=%d", server.port());
  }

  void stop(@Observes ShutdownEvent event) {
    if (server != null) {
      server.close();
    }
  }
}
