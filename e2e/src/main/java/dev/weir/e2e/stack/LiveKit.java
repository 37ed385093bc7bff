package dev.weir.e2e.stack;

import dev.weir.e2e.process.Processes;
import dev.weir.e2e.process.Program;
import dev.weir.e2e.process.Running;
import java.nio.file.Path;
import java.time.Duration;

/**
 * One unmodified LiveKit server: rooms only when the router makes them, no Redis, media on
 * loopback.
 */
public final class LiveKit {
  private final Processes processes;
  private final SiteAddress address;
  private final Program program;
  private Running running;

  LiveKit(Processes processes, Toolbox tools, Path folder, SiteAddress address, NodeKey key) {
    this.processes = processes;
    this.address = address;
    Path config = Secrets.writePrivately(folder.resolve("livekit.yaml"), config(address, key));
    this.program =
        new Program(
            "livekit " + address.name(),
            folder,
            tools.livekit().toString(),
            "--config",
            config.toString());
    this.running = processes.start(program);
  }

  void awaitReady() {
    processes.awaitReady(
        running,
        Duration.ofSeconds(30),
        Probe.answers200("http://" + address.ip() + ":" + address.livekitPort() + "/"));
  }

  public Running running() {
    return running;
  }

  /** As after a crash of the node: the same address, no rooms. */
  public void restart() {
    running.kill();
    running = processes.start(program);
    awaitReady();
  }

  private static String config(SiteAddress address, NodeKey key) {
    return """
        port: %d
        bind_addresses: ["%s"]
        rtc:
          udp_port: %d
          tcp_port: %d
          use_external_ip: false
          node_ip: 127.0.0.1
          enable_loopback_candidate: true
          interfaces:
            includes: [lo]
        room:
          auto_create: false
        keys:
          %s: %s
        webhook:
          api_key: %s
          urls: ["%s/sfu_webhook"]
        logging:
          level: info
          json: true
        """
        .formatted(
            address.livekitPort(),
            address.ip(),
            address.mediaUdpPort(),
            address.mediaTcpPort(),
            key.id(),
            key.secret(),
            key.id(),
            address.routerUrl());
  }
}
