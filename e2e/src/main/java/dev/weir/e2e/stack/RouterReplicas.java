package dev.weir.e2e.stack;

import dev.weir.e2e.process.Processes;
import dev.weir.e2e.process.Program;
import dev.weir.e2e.process.Running;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Several replicas in the place of a site's only router, behind a balancer at the site's URL. All
 * new connections go to the first replica that is there, so that it is known whom everybody is
 * connected through.
 */
public final class RouterReplicas implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(180);

  private static final class Replica {
    private final Program program;
    private final InetSocketAddress address;
    private final String managementUrl;
    private Running running;
    private volatile boolean serves = true;

    Replica(Program program, InetSocketAddress address, String managementUrl, Running running) {
      this.program = program;
      this.address = address;
      this.managementUrl = managementUrl;
      this.running = running;
    }

    String healthUrl() {
      return "http://" + address.getHostString() + ":" + address.getPort() + "/healthz";
    }
  }

  private final Processes processes;
  private final List<Replica> replicas = new ArrayList<>();
  private final Ingress balancer;

  /** Ends the site's router and starts the replicas, which have no partners. */
  public RouterReplicas(Processes processes, Site site, int count) {
    this.processes = processes;
    SiteAddress address = site.address();
    Program alone = site.router().running().program();
    site.router().running().end();
    Loopback ports = new Loopback(new SecureRandom());
    Path secret = alone.folder().resolve("gate-secret");
    Secrets.writePrivately(secret, "the-same-secret-for-all-replicas-of-this-site\n");
    withoutPartners(site.router().config().path().resolve("site.yaml"));
    List<String> cluster = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      cluster.add(address.ip() + ":" + ports.freeTcpPort(address.ip()));
    }
    for (int i = 0; i < count; i++) {
      int port = ports.freeTcpPort(address.ip());
      boolean last = i == count - 1;
      String managementUrl = address.managementUrl();
      Map<String, String> settings = new HashMap<>(alone.environment());
      settings.put("WEIR_CLUSTER_MEMBERS", String.join(",", cluster));
      settings.put("WEIR_CLUSTER_ADDRESS", cluster.get(i));
      settings.put("WEIR_GATE_SECRET_FILE", secret.toString());
      settings.put("WEIR_DATA_DIR", alone.folder().resolve("data-" + i).toString());
      settings.put("QUARKUS_HTTP_PORT", String.valueOf(port));
      if (!last) {
        // The last one, which nobody ends, answers the admin.
        settings.put("WEIR_ADMIN_PORT", String.valueOf(ports.freeTcpPort(address.ip())));
        int management = ports.freeTcpPort(address.ip());
        settings.put("QUARKUS_MANAGEMENT_PORT", String.valueOf(management));
        managementUrl = "http://" + address.ip() + ":" + management;
      }
      Program program =
          new Program(alone.name() + " " + i, alone.command(), settings, alone.folder());
      replicas.add(
          new Replica(
              program,
              new InetSocketAddress(address.ip(), port),
              managementUrl,
              processes.start(program)));
    }
    replicas.forEach(this::awaitReady);
    balancer =
        new Ingress(
            new InetSocketAddress(address.ip(), address.routerPort()), this::first, this::first);
  }

  private static void withoutPartners(Path file) {
    try {
      String before = Files.readString(file);
      Files.writeString(file, before.replaceAll("  peering:\n(    .*\n)+", ""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitReady(Replica replica) {
    processes.awaitReady(replica.running, PATIENCE, Probe.answers200(replica.healthUrl()));
  }

  private InetSocketAddress first() {
    return replicas.stream()
        .filter(replica -> replica.serves)
        .findFirst()
        .orElse(replicas.getLast())
        .address;
  }

  /** As a crash. */
  public void kill(int number) {
    Replica replica = replicas.get(number);
    replica.serves = false;
    replica.running.kill();
  }

  /** As Kubernetes does it: nothing new goes there, then it is asked to end, and given the time. */
  public void shutDown(int number) {
    Replica replica = replicas.get(number);
    replica.serves = false;
    replica.running.end();
  }

  /** All that are down. */
  public void startAgain() {
    for (Replica replica : replicas) {
      if (!replica.serves) {
        replica.running = processes.start(replica.program);
        awaitReady(replica);
        replica.serves = true;
      }
    }
  }

  /** How many clients are connected through it. */
  public double connections(int number) {
    return Probe.metric(replicas.get(number).managementUrl, "weir_gate_connections").orElse(0);
  }

  @Override
  public void close() {
    balancer.close();
  }
}
