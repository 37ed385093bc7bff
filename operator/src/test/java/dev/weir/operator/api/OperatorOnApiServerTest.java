package dev.weir.operator.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.crds.Condition;
import dev.weir.crds.SfuPool;
import dev.weir.crds.SfuPoolSpec;
import dev.weir.crds.SfuPoolStatus;
import dev.weir.crds.WeirApi;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;

@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperatorOnApiServerTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  private @Nullable ApiServer server;
  private @Nullable KubernetesClient admin;
  private @Nullable RunningOperator operator;
  private @Nullable PodWorld world;
  private FakeRouter router = new FakeRouter();
  private String namespace = "none";
  private int number;

  @BeforeAll
  void start() {
    ApiServer started = ApiServer.start();
    server = started;
    KubernetesClient client = started.client("admin");
    admin = client;
    Kinds.install(client);
  }

  @BeforeEach
  void freshNamespace(TestInfo test) {
    namespace = "test-" + ++number;
    router = new FakeRouter();
    Kinds.namespace(admin(), namespace);
    Kinds.site(admin(), namespace);
    world = new PodWorld(server().client("admin"), router, namespace);
    operator =
        new RunningOperator(server().client("admin"), router, Duration.ofSeconds(1), namespace);
  }

  @AfterEach
  void stopOperator() {
    if (operator != null) {
      operator.close();
    }
    if (world != null) {
      world.close();
    }
  }

  @AfterAll
  void stop() {
    if (admin != null) {
      admin.close();
    }
    if (server != null) {
      server.close();
    }
  }

  private KubernetesClient admin() {
    return Objects.requireNonNull(admin);
  }

  private ApiServer server() {
    return Objects.requireNonNull(server);
  }

  private PodWorld world() {
    return Objects.requireNonNull(world);
  }

  private Resource<SfuPool> pool(String name) {
    return admin().resources(SfuPool.class).inNamespace(namespace).withName(name);
  }

  private SfuPoolStatus status(String name) {
    SfuPool pool = pool(name).get();
    return pool == null || pool.getStatus() == null
        ? new SfuPoolStatus(0, 0, 0, null, 0, 0, 0, List.of(), List.of())
        : pool.getStatus();
  }

  private boolean is(String name, String type, Condition.Status wanted) {
    return status(name).conditions().stream()
        .anyMatch(condition -> condition.type().equals(type) && condition.status() == wanted);
  }

  private void create(String name, int replicas) {
    admin().resource(Kinds.pool(namespace, name, replicas, "v1.13.5")).create();
    await("pool serves").atMost(SOON).until(() -> status(name).readyReplicas() == replicas);
  }

  private void edit(String name, UnaryOperator<SfuPoolSpec> change) {
    changed(
        pool(name),
        pool -> {
          pool.setSpec(change.apply(pool.getSpec()));
          return pool;
        });
  }

  /** Reads, changes and writes as kubectl does: again when somebody else wrote in between. */
  private static <T> void changed(Resource<T> resource, UnaryOperator<T> change) {
    await("the change is taken")
        .atMost(SOON)
        .ignoreExceptionsMatching(
            e -> e instanceof KubernetesClientException refused && refused.getCode() == 409)
        .until(() -> resource.edit(change) != null);
  }

  private static SfuPoolSpec with(SfuPoolSpec spec, int replicas, String version) {
    return new SfuPoolSpec(
        spec.homeserverRef(),
        replicas,
        null,
        version,
        null,
        spec.region(),
        spec.exposure(),
        spec.keys(),
        spec.limits(),
        spec.drain(),
        spec.template());
  }

  /** An event follows the change that it tells of. */
  private void tells(String... reasons) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(admin().v1().events().inNamespace(namespace).list().getItems())
                    .extracting(Event::getReason)
                    .contains(reasons));
  }

  private boolean runs(String name, String version) {
    List<Pod> pods = pods(name);
    return pods.size() == 1
        && pods.get(0).getSpec().getContainers().get(0).getImage().endsWith(":" + version);
  }

  private List<Pod> pods(String name) {
    return admin()
        .pods()
        .inNamespace(namespace)
        .withLabel(WeirApi.POOL_LABEL, name)
        .list()
        .getItems();
  }

  @Test
  void aPoolBecomesReadyAndTellsItsNodes() {
    create("main", 2);
    assertThat(is("main", "Ready", Condition.Status.TRUE)).isTrue();
    assertThat(is("main", "Programmed", Condition.Status.TRUE)).isTrue();
    assertThat(status("main").nodes())
        .extracting(SfuPoolStatus.NodeStatus::url)
        .containsExactly(
            "ws://main-0.main." + namespace + ".svc:7880",
            "ws://main-1.main." + namespace + ".svc:7880");
    assertThat(admin().secrets().inNamespace(namespace).withName("main-keys").get().getData())
        .containsKey("keys.yaml");
    assertThat(
            admin()
                .policy()
                .v1()
                .podDisruptionBudget()
                .inNamespace(namespace)
                .withName("main")
                .get())
        .isNotNull();
  }

  @Test
  void aNewVersionRollsOneNodeAfterTheOtherAndEndsNoCall() {
    create("main", 3);
    router.calls(namespace, "main", "main-0", 12);
    router.calls(namespace, "main", "main-1", 3);
    router.calls(namespace, "main", "main-2", 6);
    edit("main", spec -> with(spec, 3, "v1.13.6"));
    await("all nodes are new")
        .atMost(SOON)
        .until(
            () ->
                pods("main").size() == 3
                    && pods("main").stream()
                        .allMatch(
                            pod ->
                                pod.getSpec()
                                    .getContainers()
                                    .get(0)
                                    .getImage()
                                    .endsWith(":v1.13.6")));
    await("and serve")
        .atMost(SOON)
        .until(
            () ->
                status("main").readyReplicas() == 3
                    && is("main", "Draining", Condition.Status.FALSE));
    assertThat(world().callsEnded).hasValue(0);
    assertThat(router.orders.get(0)).as("the least loaded goes first").isEqualTo("close main-1");
    tells("DrainStarted", "DrainEnded");
    int sum =
        router.calls(namespace, "main", "main-0")
            + router.calls(namespace, "main", "main-1")
            + router.calls(namespace, "main", "main-2");
    assertThat(sum).isEqualTo(21);
  }

  @Test
  void scalingDownDrainsFirstAndScalingUpIsImmediate() {
    create("main", 2);
    router.calls(namespace, "main", "main-1", 9);
    edit("main", spec -> with(spec, 1, "v1.13.5"));
    await().atMost(SOON).until(() -> pods("main").size() == 1 && status("main").replicas() == 1);
    assertThat(world().callsEnded).hasValue(0);
    assertThat(router.calls(namespace, "main", "main-0")).isEqualTo(9);
    edit("main", spec -> with(spec, 2, "v1.13.5"));
    await().atMost(SOON).until(() -> status("main").readyReplicas() == 2);
  }

  @Test
  void aSingleNodeWithCallsIsNotRolledAndSaysWhy() {
    create("main", 1);
    router.calls(namespace, "main", "main-0", 4);
    edit("main", spec -> with(spec, 1, "v1.13.6"));
    await().atMost(SOON).until(() -> is("main", "Degraded", Condition.Status.TRUE));
    tells("DrainRefused");
    assertThat(runs("main", "v1.13.5")).isTrue();
    router.calls(namespace, "main", "main-0", 0);
    await("rolls when the calls have ended").atMost(SOON).until(() -> runs("main", "v1.13.6"));
  }

  @Test
  void theDrainAnnotationOnAPodEmptiesAndRestartsIt() {
    create("main", 2);
    router.calls(namespace, "main", "main-0", 5);
    String before =
        admin().pods().inNamespace(namespace).withName("main-0").get().getMetadata().getUid();
    changed(
        admin().pods().inNamespace(namespace).withName("main-0"),
        pod -> {
          pod.getMetadata().getAnnotations().put(WeirApi.DRAIN_ANNOTATION, "true");
          return pod;
        });
    await()
        .atMost(SOON)
        .until(
            () -> {
              Pod pod = admin().pods().inNamespace(namespace).withName("main-0").get();
              return pod != null && !pod.getMetadata().getUid().equals(before);
            });
    assertThat(world().callsEnded).hasValue(0);
  }

  @Test
  void keysRotateWithBothRollsAndNoCallEnds() {
    create("main", 2);
    router.calls(namespace, "main", "main-0", 5);
    edit(
        "main",
        spec ->
            new SfuPoolSpec(
                spec.homeserverRef(),
                2,
                null,
                spec.version(),
                null,
                null,
                spec.exposure(),
                new SfuPoolSpec.Keys(null, null, "0s"),
                spec.limits(),
                spec.drain(),
                null));
    String before = keyFile("main");
    changed(
        pool("main"),
        pool -> {
          pool.getMetadata().getAnnotations().put(WeirApi.ROTATE_KEYS_ANNOTATION, "1");
          return pool;
        });
    await("the old key has gone")
        .atMost(SOON.multipliedBy(2))
        .until(() -> keyFile("main").lines().count() == 1 && !keyFile("main").equals(before));
    await()
        .atMost(SOON)
        .until(
            () ->
                status("main").readyReplicas() == 2
                    && is("main", "Draining", Condition.Status.FALSE));
    assertThat(world().callsEnded).hasValue(0);
    tells("KeyAdded", "KeyPromoted", "KeyRetired");
  }

  private String keyFile(String pool) {
    String data =
        admin()
            .secrets()
            .inNamespace(namespace)
            .withName(pool + "-keys")
            .get()
            .getData()
            .get(WeirApi.KEY_FILE);
    return new String(
        java.util.Base64.getDecoder().decode(data), java.nio.charset.StandardCharsets.UTF_8);
  }

  @Test
  void deletingAPoolWaitsForItsCalls() {
    create("main", 1);
    router.movesWork = false;
    router.calls(namespace, "main", "main-0", 4);
    pool("main").delete();
    await().atMost(SOON).until(() -> router.orders.contains("close main-0"));
    await()
        .during(Duration.ofSeconds(3))
        .atMost(SOON)
        .until(() -> pool("main").get() != null && !pods("main").isEmpty());
    router.calls(namespace, "main", "main-0", 0);
    await().atMost(SOON).until(() -> pool("main").get() == null);
    assertThat(world().callsEnded).hasValue(0);
  }

  @Test
  void aForeignChangeIsPutBackAndForeignFieldsStay() {
    create("main", 2);
    changed(
        admin().apps().statefulSets().inNamespace(namespace).withName("main"),
        set -> {
          set.getSpec().setServiceName("main");
          set.getSpec().setReplicas(2);
          set.getSpec().getTemplate().getSpec().setTerminationGracePeriodSeconds(1L);
          set.getMetadata().getLabels().put("team", "rtc");
          return set;
        });
    await()
        .atMost(SOON)
        .until(
            () -> {
              StatefulSet set =
                  admin().apps().statefulSets().inNamespace(namespace).withName("main").get();
              return set.getSpec().getTemplate().getSpec().getTerminationGracePeriodSeconds()
                      == 14_430L
                  && "rtc".equals(set.getMetadata().getLabels().get("team"));
            });
  }

  @Test
  void aMissingHomeserverIsSaidAndHealsWhenItAppears() {
    SfuPool orphan = Kinds.pool(namespace, "orphan", 1, "v1.13.5");
    orphan.setSpec(
        new SfuPoolSpec(
            new dev.weir.crds.LocalRef("b"),
            1,
            null,
            "v1.13.5",
            null,
            null,
            orphan.getSpec().exposure(),
            orphan.getSpec().keys(),
            orphan.getSpec().limits(),
            orphan.getSpec().drain(),
            null));
    admin().resource(orphan).create();
    await().atMost(SOON).until(() -> is("orphan", "ResolvedRefs", Condition.Status.FALSE));
    assertThat(pods("orphan")).isEmpty();
  }

  @Test
  void whileNoRouterAnswersNothingIsStoppedAndNodesKeepTheirState() {
    create("main", 2);
    router.away = true;
    edit("main", spec -> with(spec, 2, "v1.13.6"));
    await().atMost(SOON).until(() -> is("main", "Programmed", Condition.Status.UNKNOWN));
    assertThat(status("main").readyReplicas()).isEqualTo(2);
    assertThat(router.orders).isEmpty();
  }

  @Test
  void anIdleOperatorWritesNothing() {
    for (int i = 0; i < 10; i++) {
      admin().resource(Kinds.pool(namespace, "p" + i, 2, "v1.13.5")).create();
    }
    await()
        .atMost(SOON.multipliedBy(2))
        .until(
            () ->
                admin().resources(SfuPool.class).inNamespace(namespace).list().getItems().stream()
                    .allMatch(
                        pool -> pool.getStatus() != null && pool.getStatus().readyReplicas() == 2));
    long settled = System.nanoTime();
    await("statuses have settled")
        .atMost(SOON)
        .until(() -> System.nanoTime() - settled > Duration.ofSeconds(5).toNanos());
    Objects.requireNonNull(operator).close();
    operator =
        new RunningOperator(
            server().client("operator-as-admin"), router, Duration.ofMillis(500), namespace);
    long start = System.nanoTime();
    await("thirty polls of every object")
        .atMost(SOON)
        .until(() -> System.nanoTime() - start > Duration.ofSeconds(20).toNanos());
    List<ApiServer.Request> requests = server().requestsOf("operator-as-admin");
    assertThat(requests).as("it does look").isNotEmpty();
    assertThat(requests)
        .filteredOn(ApiServer.Request::writes)
        .as("a restarted operator finds all as it should be")
        .isEmpty();
  }
}
