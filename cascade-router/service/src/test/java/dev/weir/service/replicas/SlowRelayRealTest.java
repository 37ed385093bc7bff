package dev.weir.service.replicas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * People go to and fro between two nodes of a pool, each of which has a listener for whom a relay
 * brings the people of the other one; so everybody goes again and again where a copy of them is, or
 * is about to arrive. LiveKit throws out the older of two equal identities. {@code
 * -Dweir.test.moves} says how often; the bar's is 200.
 */
@Tag("real")
class SlowRelayRealTest {
  private static final String CALL = "!call:a.test";
  private static final int STEPS = Integer.getInteger("weir.test.moves", 18);

  @TempDir Path folder;
  private final Crowd crowd = new Crowd();
  private final Random random = new Random();
  private final Map<String, SlowJoins> ways = new HashMap<>();
  private final Map<String, Caller> listeners = new HashMap<>();
  private Deployment site;
  private AdminLine admin;

  @BeforeEach
  void start() throws Exception {
    admin = new AdminLine(folder.resolve("admin"));
    site = new Deployment(folder, 1, this::way, admin.settings());
  }

  private URI way(SfuNode node) {
    return ways.computeIfAbsent(node.id(), id -> new SlowJoins(node.url())).url();
  }

  @AfterEach
  void stop() throws Exception {
    crowd.close();
    admin.close();
    site.close();
    for (SlowJoins way : ways.values()) {
      way.close();
    }
  }

  @Test
  void nobodyIsThrownOutByACopyThatComesLate() throws Exception {
    List<Caller> people = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      people.add(crowd.talk("u" + i, site.token(CALL, "u" + i)));
    }
    for (SfuNode node : site.nodes) {
      listen(node.id());
    }
    Map<String, Integer> told = new HashMap<>();
    String at = whereThePeopleAre();
    int moves = 0;
    int reloads = 0;
    for (int step = 0; step < STEPS; step++) {
      awaitEverybodyAt(at);
      if (step % 3 == 2) {
        int who = random.nextInt(people.size());
        Caller before = people.get(who);
        before.close();
        before.losses().forEach(why -> told.merge(why, 1, Integer::sum));
        people.set(who, crowd.talk(before.name(), site.token(CALL, before.name())));
        reloads++;
      } else {
        String node = at;
        List<Integer> joins = people.stream().map(Caller::joins).toList();
        // Who is not known to the gate cannot be moved, and a move waits for everybody.
        Objects.requireNonNull(listeners.remove(node)).close();
        admin.move(node, CALL);
        await("the people have left " + node)
            .atMost(Duration.ofSeconds(20))
            .until(() -> !people.stream().map(Caller::joins).toList().equals(joins));
        at = theOther(node);
        listen(node);
        moves++;
      }
      // Before, while, or after copies arrive.
      long pause = random.nextInt(2_500);
      await().pollDelay(Duration.ofMillis(pause)).until(() -> true);
      for (Caller person : people) {
        await(person.name() + " is in the call after step " + step)
            .atMost(Duration.ofSeconds(20))
            .until(() -> person.isUp() || !person.ends().isEmpty());
        assertThat(person.ends()).as(person.name() + " after step " + step).isEmpty();
      }
      if (step % 6 == 5) {
        awaitEverybodyHeard();
      }
    }
    people.forEach(person -> person.losses().forEach(why -> told.merge(why, 1, Integer::sum)));
    int delayed = ways.values().stream().mapToInt(SlowJoins::delayed).sum();
    System.out.printf(
        "%d moves, %d reloads, %d joins of relays came late; told: %s%n",
        moves, reloads, delayed, told);
    assertThat(delayed).as("relays had something to bring").isPositive();
    assertThat(told.keySet()).noneMatch(why -> why.contains("DUPLICATE"));
    awaitEverybodyHeard();
    assertThat(site.people(CALL)).hasSize(2);
  }

  /** A move that begins while the one before it goes on would wait for whoever goes meanwhile. */
  private void awaitEverybodyAt(String node) {
    await("everybody has come to " + node)
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(site.routers.getFirst().members(CALL))
                    .containsEntry(Deployment.user("u0"), node)
                    .containsEntry(Deployment.user("u1"), node)
                    .containsEntry(Deployment.user("u2"), node));
  }

  private void awaitEverybodyHeard() {
    await("everybody is where the call is, and heard at the other node")
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(site.people(CALL).values())
                    .allSatisfy(
                        here -> assertThat(here).contains(identity(0), identity(1), identity(2))));
  }

  /** Somebody whom only the relay can bring the others to. */
  private void listen(String node) throws Exception {
    String name = "at-" + node.substring(node.length() - 2);
    // Asked for, so that the router knows whom it sees there.
    site.token(CALL, name);
    SfuNode at = site.nodes.stream().filter(n -> n.id().equals(node)).findFirst().orElseThrow();
    listeners.put(node, crowd.join(name, at.ticket(CALL, name)));
  }

  private static String identity(int person) {
    return Deployment.identity("u" + person);
  }

  private String whereThePeopleAre() {
    return await("the router knows where the people are")
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> site.routers.getFirst().members(CALL).getOrDefault(Deployment.user("u0"), ""),
            node -> !node.isEmpty());
  }

  private String theOther(String node) {
    return site.nodes.stream()
        .map(SfuNode::id)
        .filter(id -> !id.equals(node))
        .findFirst()
        .orElseThrow();
  }
}
