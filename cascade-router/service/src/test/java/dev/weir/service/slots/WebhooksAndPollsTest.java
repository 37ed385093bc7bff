package dev.weir.service.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.weir.session.Attachment;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.SlotId;
import dev.weir.session.name.Identities;
import dev.weir.session.name.Scheme;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import livekit.LivekitModels;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitWebhook.WebhookEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Webhooks are hints, the node's own lists are the truth: whatever gets lost, both end the same.
 */
class WebhooksAndPollsTest {
  private static final SlotId CALL = SlotId.ofRoomCall("!call:a.test");
  private static final Room HOME = Room.home(TestRouter.A);
  private static final RoomKey KEY = Rooms.key(TestRouter.A, CALL, HOME);
  private static final long SEED = Long.getLong("weir.property.seed", 20_261_121L);
  private static final int SCHEDULES = 60;

  @TempDir Path data;
  private final ToldNode node = new ToldNode();
  private TestRouter router;

  @BeforeEach
  void start() {
    router = new TestRouter(data, List.of(TestRouter.node("n1", node.signalling())));
    poll();
    assertThat(router.rooms.place(TestRouter.A, CALL, HOME, "@u:a.example:D")).isPresent();
  }

  @AfterEach
  void stop() {
    router.close();
    node.close();
  }

  @Test
  void aWebhookIsEnough() {
    ParticipantInfo alice = joins("alice");
    hook("participant_joined", alice);
    await().untilAsserted(() -> assertThat(seen()).containsOnlyKeys(identity("alice")));
    node.publishes(KEY.room(), alice.getIdentity(), true);
    hook("track_published", alice);
    await().untilAsserted(() -> assertThat(seen().get(identity("alice"))).endsWith(" publishes"));
    node.leaves(KEY.room(), alice.getIdentity());
    hook("participant_left", alice);
    await().untilAsserted(() -> assertThat(seen()).isEmpty());
  }

  @Test
  void aPollIsEnough() {
    ParticipantInfo alice = joins("alice");
    node.publishes(KEY.room(), alice.getIdentity(), true);
    poll();
    assertThat(seen()).isEqualTo(truth());
    node.leaves(KEY.room(), alice.getIdentity());
    poll();
    assertThat(seen()).isEmpty();
  }

  @Test
  void theLateEndOfAnOldConnectionDoesNotEndTheNewOne() {
    ParticipantInfo before = joins("alice");
    router.after(Duration.ofSeconds(1));
    ParticipantInfo reloaded = joins("alice");
    hook("participant_joined", reloaded);
    hook("participant_left", before);
    hook("participant_joined", before);
    ParticipantInfo last = joins("last");
    hook("participant_joined", last);
    await().untilAsserted(() -> assertThat(seen()).isEqualTo(truth()));
  }

  @Test
  void strangersAndCopiesAreNobody() {
    node.joins(KEY.room(), "weir-pull:b.test:LOW", router.now().toEpochMilli());
    ParticipantInfo copy = node.joins(KEY.room(), "@bob:b.test:B", router.now().toEpochMilli());
    hook("participant_joined", copy);
    poll();
    assertThat(seen()).isEmpty();
  }

  @Test
  void aWebhookThatNobodyOfOursSignedIsRefused() {
    ParticipantInfo alice = joins("alice");
    router.events.receive(
        "Bearer e30.e30.e30", body("participant_joined", alice), Optional.empty());
    assertThat(router.meters.counter("weir.webhooks", "outcome", "refused").count()).isOne();
    assertThat(seen()).isEmpty();
  }

  @Test
  void lostDoubledAndDisorderedWebhooksEndWithWhatTheNodeSays() {
    for (int i = 0; i < SCHEDULES; i++) {
      long seed = SEED + i;
      schedule(new Random(seed));
      try {
        await()
            .atMost(Duration.ofSeconds(20))
            .untilAsserted(
                () -> {
                  poll();
                  assertThat(seen()).as("seed %d", seed).isEqualTo(truth());
                });
      } catch (org.awaitility.core.ConditionTimeoutException e) {
        throw new AssertionError("-Dweir.property.seed=" + seed, e);
      }
    }
  }

  /**
   * Some people come, go, reload, speak and fall silent; what is told of it gets lost or mixed up.
   */
  private void schedule(Random random) {
    List<Runnable> hooks = new ArrayList<>();
    for (int step = 0; step < 12; step++) {
      String name = "user" + random.nextInt(4);
      String identity = identity(name);
      Optional<ParticipantInfo> there = node.find(KEY.room(), identity);
      router.after(Duration.ofMillis(random.nextInt(900)));
      if (there.isEmpty() || random.nextInt(4) == 0) {
        ParticipantInfo fresh = joins(name);
        there.ifPresent(old -> hooks.add(() -> hook("participant_left", old)));
        hooks.add(() -> hook("participant_joined", fresh));
      } else if (random.nextBoolean()) {
        node.leaves(KEY.room(), identity);
        hooks.add(() -> hook("participant_left", there.get()));
      } else {
        boolean speaks = there.get().getTracksCount() == 0;
        node.publishes(KEY.room(), identity, speaks);
        hooks.add(() -> hook(speaks ? "track_published" : "track_unpublished", there.get()));
      }
    }
    List<Runnable> told = new ArrayList<>();
    for (Runnable hook : hooks) {
      int times = random.nextInt(4);
      told.addAll(Collections.nCopies(times == 3 ? 1 : times, hook));
    }
    Collections.shuffle(told, random);
    told.forEach(Runnable::run);
  }

  private ParticipantInfo joins(String name) {
    Member member = Member.legacy("@" + name + ":a.test", "DEV");
    String identity = Identities.of(member, Scheme.USER_DEVICE);
    var unused = router.expectations.expect(KEY, identity, new Expected(member, Role.OWN));
    return node.joins(KEY.room(), identity, router.now().toEpochMilli());
  }

  private static String identity(String name) {
    return "@" + name + ":a.test:DEV";
  }

  /** Later than any list that is thought to be fresh. */
  private void poll() {
    router.after(Duration.ofSeconds(16));
    router.configuration.current().node("default/main/n1").ifPresent(router.watch::ask);
  }

  private void hook(String event, ParticipantInfo person) {
    String body = body(event, person);
    router.events.receive(signed(body), body, Optional.empty());
  }

  private static String body(String event, ParticipantInfo person) {
    try {
      return JsonFormat.printer()
          .print(
              WebhookEvent.newBuilder()
                  .setEvent(event)
                  .setRoom(LivekitModels.Room.newBuilder().setName(KEY.room()))
                  .setParticipant(person));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String signed(String body) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8));
      return JWT.create()
          .withIssuer(TestRouter.KEY.id())
          .withExpiresAt(Instant.now().plusSeconds(60))
          .withClaim("sha256", Base64.getEncoder().encodeToString(hash))
          .sign(Algorithm.HMAC256(TestRouter.KEY.secret()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Identity to SID and whether it publishes, as the router believes. */
  private Map<String, String> seen() {
    Map<String, String> all = new TreeMap<>();
    router
        .slots
        .find(TestRouter.A, CALL)
        .ifPresent(
            state -> {
              for (Attachment a : state.attachments().values()) {
                all.put(a.identity(), a.sid() + (a.publishes() ? " publishes" : ""));
              }
            });
    return all;
  }

  /** The same, as the node says. */
  private Map<String, String> truth() {
    Map<String, String> all = new TreeMap<>();
    node.everybody(KEY.room())
        .forEach(
            (identity, person) ->
                all.put(
                    identity, person.getSid() + (person.getTracksCount() > 0 ? " publishes" : "")));
    return all;
  }
}
