package dev.weir.service.delegation.homeserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.service.delegation.CountingHomeserver;
import dev.weir.service.delegation.CountingHomeserver.Fate;
import dev.weir.service.delegation.HomeserverCalls.Outcome;
import dev.weir.service.net.AddressGuard;
import dev.weir.service.net.Dns;
import dev.weir.service.net.GuardedHttp;
import dev.weir.session.delegation.Answer;
import dev.weir.session.delegation.Verb;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DelayedEventsTest {
  private final Vertx vertx = Vertx.vertx();
  private final CountingHomeserver homeserver = new CountingHomeserver(0);
  private final List<AutoCloseable> open = new ArrayList<>();
  private Instant wall = Instant.parse("2026-11-21T04:00:00Z");
  private final Dns dns =
      new Dns() {
        @Override
        public List<InetAddress> addresses(String host) throws UnknownHostException {
          return List.of(InetAddress.getByName("127.0.0.1"));
        }

        @Override
        public List<Service> services(String name) {
          return List.of();
        }
      };

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    homeserver.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private DelayedEvents client(String allowed, URI wellKnown) {
    AddressGuard guard = AddressGuard.allowing(allowed);
    InstantSource clock = () -> wall;
    GuardedHttp http = new GuardedHttp(vertx, dns, AddressGuard.allowing("127.0.0.0/8"), true);
    open.add(http);
    DelayedEvents events =
        new DelayedEvents(
            vertx,
            new ClientApis(http, clock, host -> wellKnown),
            dns,
            guard,
            clock,
            () -> 0,
            true);
    open.add(events);
    return events;
  }

  private DelayedEvents client() {
    return client("", URI.create("http://nobody.example/"));
  }

  private Target target() {
    return new Target("a.example", Optional.of(homeserver.url()), Optional.empty());
  }

  private static Outcome call(DelayedEvents client, Target target, Verb verb, String id) {
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    client.call(target, "@u:a.example", id, verb, 2_000, outcome::complete);
    return outcome.orTimeout(60, TimeUnit.SECONDS).join();
  }

  @Test
  void restartsSendsAndCancels() {
    homeserver.schedule("one", 60_000);
    homeserver.schedule("two/with slash", 60_000);
    DelayedEvents client = client();
    assertThat(call(client, target(), Verb.RESTART, "one").answer()).isEqualTo(new Answer.Done());
    assertThat(homeserver.event("one").restarts()).isEqualTo(1);
    call(client, target(), Verb.SEND, "one");
    assertThat(homeserver.event("one").fate()).isEqualTo(Fate.SENT);
    assertThat(call(client, target(), Verb.SEND, "one").answer()).isEqualTo(new Answer.Forgotten());
  }

  @Test
  void takesTheStablePathWhereTheHomeserverAnnouncesIt() {
    homeserver.stableOnly(true, true);
    homeserver.schedule("one", 60_000);
    assertThat(call(client(), target(), Verb.RESTART, "one").answer()).isEqualTo(new Answer.Done());
  }

  @Test
  void findsTheOtherPathWhenTheFirstIsNotThere() {
    homeserver.stableOnly(true, false);
    homeserver.schedule("one", 60_000);
    DelayedEvents client = client();
    assertThat(call(client, target(), Verb.RESTART, "one").answer()).isEqualTo(new Answer.Failed());
    assertThat(call(client, target(), Verb.RESTART, "one").answer()).isEqualTo(new Answer.Done());
  }

  @Test
  void aNotFoundOfSomeProxySaysNothingAboutTheEvent() {
    homeserver.htmlNotFound();
    assertThat(call(client(), target(), Verb.RESTART, "one").answer())
        .isEqualTo(new Answer.Failed());
  }

  @Test
  void actsAsTheUserWithAnApplicationServiceToken() {
    homeserver.asToken("as-token");
    homeserver.schedule("one", 60_000);
    Target target = new Target("a.example", Optional.of(homeserver.url()), Optional.of("as-token"));
    assertThat(call(client(), target, Verb.RESTART, "one").answer()).isEqualTo(new Answer.Done());
    assertThat(homeserver.callsFor("@u:a.example")).isEqualTo(1);
  }

  @Test
  void goesOnWithoutATokenThatIsRefused() {
    homeserver.asToken("another");
    homeserver.schedule("one", 60_000);
    Target target = new Target("a.example", Optional.of(homeserver.url()), Optional.of("as-token"));
    DelayedEvents client = client();
    assertThat(call(client, target, Verb.RESTART, "one").answer()).isEqualTo(new Answer.Failed());
    assertThat(client.tokenWorks(target)).isFalse();
    assertThat(call(client, target, Verb.RESTART, "one").answer()).isEqualTo(new Answer.Done());
  }

  @Test
  void honoursRetryAfterInSecondsAsADateAndInTheBody() {
    DelayedEvents client = client();
    homeserver.schedule("one", 60_000);
    homeserver.refuse(1, "4");
    assertThat(call(client, target(), Verb.RESTART, "one"))
        .isEqualTo(new Outcome(new Answer.Limited(4_000), true));
    homeserver.refuse(1, "Sat, 21 Nov 2026 04:00:09 GMT");
    assertThat(call(client, target(), Verb.RESTART, "one"))
        .isEqualTo(new Outcome(new Answer.Limited(9_000), true));
    homeserver.refuse(1, "");
    assertThat(call(client, target(), Verb.RESTART, "one"))
        .isEqualTo(new Outcome(new Answer.Limited(300), true));
  }

  @Test
  void aHomeserverThatIsAwayHasNotAnswered() {
    homeserver.away(true);
    assertThat(call(client(), target(), Verb.RESTART, "one").answer())
        .isEqualTo(new Answer.Failed());
  }

  private URI wellKnown(String body, int[] asked) {
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  asked[0]++;
                  request.response().end(body);
                })
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    return URI.create("http://127.0.0.1:" + server.actualPort() + "/.well-known/matrix/client");
  }

  private String document() {
    return "{\"m.homeserver\":{\"base_url\":\"http://matrix.a.example:"
        + homeserver.url().getPort()
        + "/\"}}";
  }

  @Test
  void findsTheApiByTheServersOwnWordAndKeepsItForFourHours() {
    int[] asked = new int[1];
    DelayedEvents client = client("127.0.0.0/8", wellKnown(document(), asked));
    Target target = new Target("a.example", Optional.empty(), Optional.empty());
    homeserver.schedule("one", 60_000);
    assertThat(call(client, target, Verb.RESTART, "one").answer()).isEqualTo(new Answer.Done());
    wall = wall.plusSeconds(4 * 3600 - 1);
    assertThat(call(client, target, Verb.RESTART, "one").answer()).isEqualTo(new Answer.Done());
    assertThat(asked[0]).isEqualTo(1);
    wall = wall.plusSeconds(2);
    call(client, target, Verb.RESTART, "one");
    assertThat(asked[0]).isEqualTo(2);
  }

  @Test
  void neverCallsAnAddressThatTheGuardForbids() {
    DelayedEvents client = client("", wellKnown(document(), new int[1]));
    Target target = new Target("a.example", Optional.empty(), Optional.empty());
    homeserver.schedule("one", 60_000);
    assertThat(call(client, target, Verb.RESTART, "one").answer()).isEqualTo(new Answer.Failed());
    assertThat(homeserver.calls()).isZero();
  }

  @Test
  void aDocumentWithoutAnApiIsNoApi() {
    for (String body : List.of("", "{}", "[]", "{\"m.homeserver\":{\"base_url\":\"ftp://x\"}}")) {
      GuardedHttp http = new GuardedHttp(vertx, dns, AddressGuard.allowing("127.0.0.0/8"), true);
      open.add(http);
      URI url = wellKnown(body, new int[1]);
      ClientApis apis = new ClientApis(http, () -> wall, host -> url);
      assertThat(apis.find(new Target("a.example", Optional.empty(), Optional.empty())))
          .as(body)
          .isEmpty();
    }
  }
}
