package dev.weir.e2e.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.e2e.process.Program;
import dev.weir.e2e.process.Running;
import dev.weir.e2e.run.Run;
import dev.weir.e2e.stack.Loopback;
import dev.weir.e2e.stack.NodeApi;
import dev.weir.e2e.stack.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The SFU nodes of one site: the one that it was started with, and more of them. */
final class PoolOfNodes {

  private static final class Member {
    private final String name;
    private final String signalling;
    private final Program program;
    private Running running;

    Member(String name, String signalling, Running running) {
      this.name = name;
      this.signalling = signalling;
      this.program = running.program();
      this.running = running;
    }
  }

  private final Run run;
  private final Site site;
  private final List<Member> members = new ArrayList<>();
  private final Loopback ports = new Loopback(new SecureRandom());

  /** Adds nodes to the site's pool, before anybody calls. */
  PoolOfNodes(Run run, Site site, int nodes) {
    this.run = run;
    this.site = site;
    try {
      grow(nodes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void grow(int nodes) throws IOException {
    Path firstConfig;
    try (Stream<Path> files = Files.walk(run.logs().resolve(".."))) {
      firstConfig = files.filter(file -> file.endsWith("livekit.yaml")).findFirst().orElseThrow();
    }
    String text = Files.readString(firstConfig);
    Files.writeString(firstConfig, knownAs(0, text));
    site.livekit().restart();
    members.add(new Member("a-0", site.address().livekitUrl(), site.livekit().running()));
    String known = "    - {name: a-0, url: \"" + site.address().livekitUrl() + "\"}\n";
    StringBuilder all = new StringBuilder(known);
    for (int i = 1; i < nodes; i++) {
      int port = ports.freeTcpPort(site.address().ip());
      Path config =
          Files.writeString(
              run.logs().resolveSibling("node-" + i + ".yaml"), knownAs(i, moved(text, port)));
      Running running =
          run.processes()
              .start(
                  new Program(
                      "livekit a-" + i,
                      run.logs(),
                      System.getenv("WEIR_LIVEKIT_SERVER"),
                      "--config",
                      config.toString()));
      String url = "ws://" + site.address().ip() + ":" + port;
      members.add(new Member("a-" + i, url, running));
      all.append("    - {name: a-").append(i).append(", url: \"").append(url).append("\"}\n");
    }
    Path pool = site.router().config().path().resolve("site.yaml");
    String before = Files.readString(pool);
    assertThat(before).contains(known);
    Files.writeString(pool, before.replace(known, all));
  }

  private static String knownAs(int node, String config) {
    return config.replace("/sfu_webhook", "/sfu_webhook?node=default/a/a-" + node);
  }

  private String moved(String config, int port) {
    return config
        .replace("port: " + site.address().livekitPort() + "\n", "port: " + port + "\n")
        .replace("udp_port: " + site.address().mediaUdpPort(), "udp_port: " + ports.freeMediaPort())
        .replace(
            "tcp_port: " + site.address().mediaTcpPort(), "tcp_port: " + ports.freeMediaPort());
  }

  /** Which node these people's media is at now; none when they are not all at one. */
  String holding(List<CallUser> people) {
    for (Member member : members) {
      if (member.running.isAlive() && holds(member, people)) {
        return member.name;
      }
    }
    return "none";
  }

  private boolean holds(Member member, List<CallUser> people) {
    NodeApi api = site.nodeApi(member.signalling);
    List<String> there =
        api.rooms().stream().flatMap(room -> api.identities(room).stream()).toList();
    return people.stream()
        .allMatch(person -> there.stream().anyMatch(one -> one.startsWith(person.name())));
  }

  /** The LiveKit room in which these people are. */
  String room(CallUser person) {
    return members.stream()
        .filter(member -> member.running.isAlive())
        .map(member -> site.nodeApi(member.signalling))
        .flatMap(
            api ->
                api.rooms().stream()
                    .filter(
                        room ->
                            api.identities(room).stream()
                                .anyMatch(one -> one.startsWith(person.name()))))
        .findFirst()
        .orElseThrow();
  }

  Running process(String node) {
    return member(node).running;
  }

  /** Starts a node again that was killed: the same address, no rooms. */
  void startAgain(String node) {
    Member member = member(node);
    member.running = run.processes().start(member.program);
  }

  void startAgain() {
    members.stream()
        .filter(member -> !member.running.isAlive())
        .forEach(member -> startAgain(member.name));
  }

  private Member member(String node) {
    return members.stream().filter(m -> m.name.equals(node)).findFirst().orElseThrow();
  }
}
