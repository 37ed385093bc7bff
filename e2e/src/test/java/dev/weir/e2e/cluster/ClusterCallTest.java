package dev.weir.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.e2e.call.CallUser;
import dev.weir.e2e.call.ElementCall;
import dev.weir.e2e.matrix.MatrixUser;
import dev.weir.e2e.run.TemporaryFolder;
import dev.weir.e2e.stack.Toolbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * An encrypted call between two sites of a two-node cluster, while everything that an admin or an
 * accident does to the first site is done. Runs inside the cluster's network: e2e/cluster/drill.sh.
 */
@Tag("drill")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterCallTest {
  /** Two cores carry all of it: a pool that is rolled in seconds elsewhere takes minutes here. */
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private static final String NEXT_VERSION = "v1.13.5-next";

  /** Wide: two cores carry the cluster, two browsers and two homeservers. */
  private static final double MOVE = 15;

  private static final double ACCIDENT = 60;

  private static @Nullable ClusterStage stage;
  private static @Nullable Drills drills;
  private static List<CallUser> people = List.of();

  @BeforeAll
  static void twoPeopleAreInACall() throws IOException {
    Map<String, String> environment = System.getenv();
    Assumptions.assumeTrue(
        environment.containsKey("WEIR_CLUSTER_ADDRESSES"),
        "not inside a cluster's network: run e2e/cluster/drill.sh");
    Path folder = Path.of("target", "runs", "ClusterCallTest").toAbsolutePath();
    TemporaryFolder.remove(folder);
    Files.createDirectories(folder);
    ClusterStage started =
        new ClusterStage(
            Toolbox.of(environment), folder, 2, true, true, ClusterStage.Settings.of(environment));
    stage = started;
    List<MatrixUser> users = new ArrayList<>();
    users.add(started.people().register("alice", started.sites().get(0)));
    users.add(started.people().register("bob", started.sites().get(1)));
    String room = started.people().room(users);
    people = users.stream().map(user -> started.people().seat(user, build())).toList();
    people.forEach(person -> person.open(room));
    people.forEach(ClusterCallTest::joins);
    people.forEach(ClusterCallTest::seesAndHears);
    drills = new Drills(people, room);
  }

  private static ElementCall build() {
    return ElementCall.valueOf(System.getProperty("weir.drill.client", "CURRENT"));
  }

  @AfterAll
  static void figures() throws IOException {
    if (drills != null) {
      String table = table(drills.outcomes());
      System.out.println(table);
      Files.writeString(Path.of("target", "drills.md"), table);
      drills.close();
    }
    if (stage != null) {
      for (CallUser person : people) {
        Files.write(
            stage.logs().resolve("console-" + person.name().charAt(1) + ".log"), person.console());
      }
      stage.saveLogs();
      stage.close();
    }
  }

  @Test
  @Order(1)
  void nothingIsLostWhileNothingHappens() {
    Drills.Outcome outcome = drill("nothing", () -> {}, this::wholeWithTwo);
    assertThat(outcome.reconnected()).isZero();
  }

  @Test
  @Order(2)
  void survivesARollToAnotherVersion() {
    Drills.Outcome outcome =
        drill(
            "roll to another version",
            () -> patch("{\"version\":\"" + NEXT_VERSION + "\"}"),
            () -> whole(2, NEXT_VERSION));
    nobodyLeft(outcome, MOVE);
  }

  @Test
  @Order(3)
  void survivesScalingDown() {
    Drills.Outcome outcome =
        drill("scale 2 -> 1", () -> patch("{\"replicas\":1}"), () -> whole(1, NEXT_VERSION));
    nobodyLeft(outcome, MOVE);
  }

  @Test
  @Order(4)
  void survivesScalingUp() {
    Drills.Outcome outcome =
        drill("scale 1 -> 2", () -> patch("{\"replicas\":2}"), () -> whole(2, NEXT_VERSION));
    nobodyLeft(outcome, MOVE);
  }

  @Test
  @Order(5)
  void survivesNewApiKeys() {
    String before = keys();
    Drills.Outcome outcome =
        drill(
            "rotate the API keys",
            () -> {
              patch("{\"keys\":{\"overlap\":\"1s\"}}");
              kubectl(
                  "annotate",
                  "sfup",
                  ClusterSite.POOL,
                  "weir.dev/rotate-keys=drill",
                  "--overwrite");
            },
            () -> !keys().equals(before) && keys().lines().count() == 1 && whole(2, NEXT_VERSION));
    nobodyLeft(outcome, MOVE);
  }

  @Test
  @Order(6)
  void survivesKubectlDrain() {
    int node = nodeOfTheCall();
    Drills.Outcome outcome =
        drill(
            "kubectl drain",
            () -> {
              cluster(
                  "drain",
                  "node" + node,
                  "--ignore-daemonsets",
                  "--delete-emptydir-data",
                  "--pod-selector=weir.dev/pool=" + ClusterSite.POOL,
                  "--timeout=" + LIMIT.toSeconds() + "s");
              cluster("uncordon", "node" + node);
            },
            this::wholeWithTwo);
    nobodyLeft(outcome, MOVE);
  }

  @Test
  @Order(7)
  void survivesACrashOfTheOperator() {
    Drills.Outcome outcome = crash("operator");
    nobodyLeft(outcome, MOVE);
    assertThat(outcome.reconnected()).isZero();
  }

  @Test
  @Order(8)
  void survivesACrashOfTheRouter() {
    nobodyLeft(crash("router"), ACCIDENT);
  }

  @Test
  @Order(9)
  void survivesACrashOfAGate() {
    nobodyLeft(crash("gate"), ACCIDENT);
  }

  @Test
  @Order(10)
  void survivesTheApiServerBeingAway() {
    OwnCluster cluster = own();
    Drills.Outcome outcome =
        drill(
            "API server away for 60 s",
            () -> {
              cluster.apiDown();
              pause(Duration.ofSeconds(60));
              cluster.apiUp();
            },
            this::wholeWithTwo);
    nobodyLeft(outcome, MOVE);
    assertThat(outcome.reconnected()).isZero();
  }

  @Test
  @Order(11)
  void survivesANodeThatHangs() {
    OwnCluster cluster = own();
    Drills.Outcome outcome =
        drill(
            "node 2 hangs for 60 s",
            () -> {
              cluster.freeze(2);
              pause(Duration.ofSeconds(60));
              cluster.thaw(2);
            },
            this::wholeWithTwo);
    nobodyLeft(outcome, 120);
  }

  private Drills.Outcome crash(String component) {
    String pod = stage().pods(site(), component).getFirst();
    int before = restarts(pod);
    return drill(
        "kill -9 of a pod: " + component,
        () -> own().crash(site().namespace(), pod),
        () -> restarts(pod) > before && isReady(pod) && wholeWithTwo());
  }

  private static Drills.Outcome drill(String name, Runnable action, BooleanSupplier whole) {
    Assumptions.assumeTrue(drills != null, "no call");
    for (CallUser person : people) {
      if (!sees(person, Duration.ofSeconds(20))) {
        // What an earlier drill broke is not this one's.
        person.reload();
        seesAndHears(person);
      }
    }
    Drills.Outcome outcome =
        java.util.Objects.requireNonNull(drills).run(name, action, whole, LIMIT);
    System.out.println(outcome);
    return outcome;
  }

  private static void nobodyLeft(Drills.Outcome outcome, double bar) {
    assertThat(outcome.membershipChanges()).as("leaves and joins in %s", outcome).isZero();
    assertThat(outcome.back()).as("media comes back in %s", outcome).isTrue();
    assertThat(outcome.longestWithoutAudio()).as("%s", outcome).isLessThan(bar);
    assertThat(outcome.longestWithoutVideo()).as("%s", outcome).isLessThan(bar);
  }

  private static boolean sees(CallUser person, Duration patience) {
    long before = person.media().framesDecoded();
    return person.await(patience, () -> person.media().framesDecoded() > before + 10);
  }

  /**
   * One after the other: clients give a connection fifteen seconds and never try again, which two
   * cold browsers at once need on few cores.
   */
  private static void joins(CallUser person) {
    person.join();
    assertThat(person.await(Duration.ofSeconds(60), () -> person.media().media() > 0))
        .as("%s sends", person.name())
        .isTrue();
  }

  private static void seesAndHears(CallUser person) {
    assertThat(sees(person, Duration.ofSeconds(120)))
        .as("%s sees somebody", person.name())
        .isTrue();
  }

  private boolean wholeWithTwo() {
    return whole(2, "");
  }

  /** The pool is what its spec says, and nothing is left to do. */
  private boolean whole(int replicas, String version) {
    // The API server may be away: that is not whole.
    Kubectl.Answer answer = asked("get", "sfup", ClusterSite.POOL, "-o", "json");
    if (!answer.isGood()) {
      return false;
    }
    JsonNode pool = Kubectl.parsed(answer.out());
    JsonNode status = pool.path("status");
    Kubectl.Answer images =
        asked(
            "get",
            "pods",
            "-l",
            "weir.dev/pool=" + ClusterSite.POOL,
            "-o",
            "jsonpath={range .items[*]}{.spec.containers[0].image}{\"\\n\"}{end}");
    return images.isGood()
        && images
            .out()
            .lines()
            .allMatch(image -> version.isEmpty() || image.endsWith(":" + version))
        && status.path("observedGeneration").asLong() == pool.at("/metadata/generation").asLong()
        && status.path("replicas").asInt() == replicas
        && status.path("readyReplicas").asInt() == replicas
        && condition(status, "Ready").path("status").asText().equals("True")
        && condition(status, "Draining").path("reason").asText().equals("NotDraining");
  }

  private static Kubectl.Answer asked(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("-n", site().namespace()));
    return stage().kubectl().tryKubectl(all.toArray(String[]::new));
  }

  private static JsonNode condition(JsonNode status, String type) {
    for (JsonNode condition : status.path("conditions")) {
      if (condition.path("type").asText().equals(type)) {
        return condition;
      }
    }
    return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
  }

  private static int nodeOfTheCall() {
    JsonNode pool =
        stage().kubectl().json("get", "sfup", ClusterSite.POOL, "-n", site().namespace());
    for (JsonNode node : pool.at("/status/nodes")) {
      if (node.path("rooms").asInt() > 0) {
        String host =
            kubectl("get", "pod", node.path("name").asText(), "-o", "jsonpath={.spec.nodeName}");
        return Integer.parseInt(host.replace("node", ""));
      }
    }
    return 1;
  }

  private static int restarts(String pod) {
    String count =
        stage()
            .kubectl()
            .tryKubectl(
                "get",
                "pod",
                pod,
                "-n",
                site().namespace(),
                "-o",
                "jsonpath={.status.containerStatuses[0].restartCount}")
            .out();
    return count.isEmpty() ? 0 : Integer.parseInt(count);
  }

  private static boolean isReady(String pod) {
    return asked("get", "pod", pod, "-o", "jsonpath={.status.containerStatuses[0].ready}")
        .out()
        .equals("true");
  }

  private static String keys() {
    return new String(
        Base64.getDecoder()
            .decode(
                kubectl(
                    "get",
                    "secret",
                    ClusterSite.POOL + "-keys",
                    "-o",
                    "jsonpath={.data.keys\\.yaml}")),
        StandardCharsets.UTF_8);
  }

  private static void patch(String spec) {
    kubectl("patch", "sfup", ClusterSite.POOL, "--type", "merge", "-p", "{\"spec\":" + spec + "}");
  }

  private static String kubectl(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("-n", site().namespace()));
    return cluster(all.toArray(String[]::new));
  }

  private static String cluster(String... arguments) {
    return stage().kubectl().kubectl(arguments);
  }

  private static ClusterSite site() {
    return stage().clusterSite("a");
  }

  private static ClusterStage stage() {
    return java.util.Objects.requireNonNull(stage);
  }

  private static OwnCluster own() {
    return new OwnCluster(stage().kubectl(), System.getenv());
  }

  private static void pause(Duration time) {
    org.awaitility.Awaitility.await()
        .pollDelay(time)
        .timeout(time.plusSeconds(5))
        .until(() -> true);
  }

  private static String table(List<Drills.Outcome> outcomes) {
    StringBuilder table =
        new StringBuilder(
            "| drill | done after | longest without audio | longest without video | clients that"
                + " connected anew | membership changes |\n"
                + "| --- | --- | --- | --- | --- | --- |\n");
    for (Drills.Outcome outcome : outcomes) {
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %.0f s | %.1f s | %.1f s%s | %d of %d | %d |%n",
              outcome.drill(),
              outcome.seconds(),
              outcome.longestWithoutAudio(),
              outcome.longestWithoutVideo(),
              outcome.back() ? "" : " (not back)",
              outcome.reconnected(),
              outcome.people().size(),
              outcome.membershipChanges()));
    }
    return table.toString();
  }
}
