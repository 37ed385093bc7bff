package dev.weir.e2e.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.e2e.matrix.MatrixUser;
import dev.weir.e2e.run.Run;
import dev.weir.e2e.run.TestRuns;
import dev.weir.e2e.stack.Router;
import dev.weir.e2e.stack.Site;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Who leaves a call of two homeservers, and when, as the homeserver at the other side sees it. One
 * call lives through all that can happen to it, because calls are dear to start.
 */
@Tag("browser")
class DelegatedLeavesTest {
  /** LiveKit needs about 20 s to miss a client; the rest is for busy machines. */
  private static final Duration MISSED = Duration.ofSeconds(35);

  private static final Duration SOON = Duration.ofSeconds(45);

  /** Of bob's delayed leave; shorter than the time for which his tab stands still. */
  private static final Duration DELAY = Duration.ofSeconds(20);

  private static final Duration STOPPED = Duration.ofSeconds(60);
  private static final long NEVER_CONNECTED = 15_000;

  /** Alice is at home at one site, the others at the other one. */
  private record People(
      Site siteA, Site siteB, MatrixUser alice, MatrixUser bob, MatrixUser carol) {}

  private @Nullable Run run;

  @AfterEach
  void everybodyGoesHome() {
    TestRuns.end(run);
  }

  @Test
  void onlyThoseWhoAreGoneLeaveTheCall() throws IOException, InterruptedException {
    Run now = TestRuns.start(DelegatedLeavesTest.class, 2, true);
    run = now;
    Site siteA = now.federation().site("a");
    Site siteB = now.federation().site("b");
    MatrixUser alice = now.register("alice", siteA);
    MatrixUser bob = now.register("bob", siteB);
    MatrixUser carol = now.register("carol", siteB);
    String room = now.room(List.of(alice, bob, carol));
    CallUser here = now.seat(alice, ElementCall.CURRENT);
    BrowserProcesses.Seated there = BrowserProcesses.seat(now, bob, ElementCall.CURRENT);
    there.person().leavesAfter(DELAY);
    here.open(room);
    there.person().open(room);
    here.join();
    there.person().join();
    seesMembers(here, alice, room, List.of(alice, bob), SOON);
    assertThat(here.await(SOON, () -> connected(siteB.router()) == 1))
        .as("bob's leave is in the care of his own router")
        .isTrue();
    assertThat(there.person().await(SOON, () -> connected(siteA.router()) == 1)).isTrue();

    theRouterIsKilled(here, alice, room, siteB);
    theTabIsStopped(here, there, new People(siteA, siteB, alice, bob, carol), room);
    theBrowserIsKilled(here, there, alice, room);
  }

  private static void theRouterIsKilled(CallUser here, MatrixUser alice, String room, Site site) {
    List<String> before = alice.callMemberEvents(room);
    site.router().kill();
    site.router().startAgain();
    assertThat(here.await(SOON, () -> connected(site.router()) == 1))
        .as("bob's leave is in care again")
        .isTrue();
    assertThat(alice.callMemberEvents(room)).as("nobody left").isEqualTo(before);
  }

  /** Meanwhile the others live on: alice reloads, and carol delegates at the wrong router. */
  private static void theTabIsStopped(
      CallUser here, BrowserProcesses.Seated there, People people, String room)
      throws IOException, InterruptedException {
    MatrixUser alice = people.alice();
    MatrixUser bob = people.bob();
    Router focus = people.siteA().router();
    Router home = people.siteB().router();
    there.browser().stop();
    Instant stopped = Instant.now();
    double kept = neverConnected(home);
    delegateAt(people.siteA(), people.carol(), room);
    assertThat(here.await(SOON, () -> home.sum("weir_delegation_jobs", "waiting") == 1))
        .as("the home router keeps the leave that the focus' router was given")
        .isTrue();
    assertThat(focus.sum("weir_delegation_jobs", "waiting")).isZero();

    seesMembers(here, alice, room, List.of(alice), MISSED);
    Duration missed = Duration.between(stopped, Instant.now());
    System.out.printf("stopped -> membership gone: %.1f s%n", missed.toMillis() / 1e3);
    assertThat(here.await(SOON, () -> neverConnected(home) == kept + 1))
        .as("carol never came")
        .isTrue();

    here.reload();
    assertThat(here.await(SOON, () -> connected(focus) == 1)).isTrue();
    Duration left = STOPPED.minus(Duration.between(stopped, Instant.now()));
    here.pause(left.isNegative() ? Duration.ZERO : left);
    assertThat(alice.callMembers(room))
        .as("alice's old leave did not end her new session")
        .containsExactly(alice.userId());

    there.browser().goOn();
    Instant goesOn = Instant.now();
    seesMembers(here, alice, room, List.of(alice, bob), SOON);
    System.out.printf(
        "goes on -> membership back: %.1f s%n",
        Duration.between(goesOn, Instant.now()).toMillis() / 1e3);
    assertThat(here.await(SOON, () -> connected(home) == 1)).isTrue();
  }

  private static void theBrowserIsKilled(
      CallUser here, BrowserProcesses.Seated there, MatrixUser alice, String room)
      throws IOException, InterruptedException {
    there.browser().kill();
    Instant killed = Instant.now();
    seesMembers(here, alice, room, List.of(alice), MISSED);
    System.out.printf(
        "killed -> membership gone: %.1f s%n",
        Duration.between(killed, Instant.now()).toMillis() / 1e3);
  }

  private static double connected(Router router) {
    return router.sum("weir_delegation_jobs", "connected");
  }

  private static double neverConnected(Router router) {
    return router.sum("weir_delegation_sends_total", "never-connected");
  }

  /** At the homeserver of the observer. */
  private static void seesMembers(
      CallUser clock, MatrixUser observer, String room, List<MatrixUser> members, Duration within) {
    List<String> wanted = members.stream().map(MatrixUser::userId).sorted().toList();
    assertThat(clock.await(within, () -> observer.callMembers(room).equals(wanted)))
        .as("within %d s the call has the members %s", within.toSeconds(), wanted)
        .isTrue();
  }

  /** As a client does whose router it has no other way to. */
  private static void delegateAt(Site focus, MatrixUser user, String room)
      throws IOException, InterruptedException {
    String delayId = user.leaveCallLater(room, NEVER_CONNECTED);
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("room_id", room)
            .put("slot_id", "m.call#ROOM")
            .put("delay_id", delayId)
            .put("delay_timeout", NEVER_CONNECTED);
    body.set("openid_token", user.openIdToken());
    body.putObject("member")
        .put("id", user.userId() + ":" + user.deviceId())
        .put("claimed_user_id", user.userId())
        .put("claimed_device_id", user.deviceId());
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(
                      URI.create(focus.address().routerUrl() + "/delegate_delayed_leave"))
                  .header("content-type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
  }
}
