package dev.weir.service.delegation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.service.delegation.CountingHomeserver.Fate;
import dev.weir.service.delegation.DelegationInbox.Outcome;
import dev.weir.service.delegation.cluster.SingleReplica;
import dev.weir.service.delegation.store.Databases;
import dev.weir.session.delegation.Evidence;
import dev.weir.session.delegation.LeaveReason;
import io.agroal.api.AgroalDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole of delegation in this process, with short delays. */
class DelegationsTest {
  private static final String USER = "@u:a.example";
  private static final long DELAY = 2_000;

  @TempDir private Path folder;
  private final CountingHomeserver homeserver = new CountingHomeserver(0);
  private final FakeSfu sfu = new FakeSfu();
  private final List<AutoCloseable> open = new ArrayList<>();
  private Optional<AgroalDataSource> database = Optional.empty();
  private Optional<Rig> running = Optional.empty();

  @BeforeEach
  void start() {
    AgroalDataSource opened =
        Databases.open(
            "jdbc:h2:file:" + folder.resolve("jobs"), Optional.empty(), Optional.empty());
    database = Optional.of(opened);
    restart();
  }

  private void restart() {
    running.ifPresent(Rig::close);
    running =
        Optional.of(new Rig(() -> Optional.of(homeserver.url()), sfu, database.orElseThrow()));
  }

  @AfterEach
  void stop() throws Exception {
    running.ifPresent(Rig::close);
    for (AutoCloseable each : open) {
      each.close();
    }
    database.ifPresent(AgroalDataSource::close);
    homeserver.close();
  }

  private Rig rig() {
    return running.orElseThrow();
  }

  private Delegations delegations() {
    return rig().delegations();
  }

  private void delegate(String device, String delayId, long delay) {
    // The first one may have to wait for the tables to be made.
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              homeserver.schedule(delayId, delay);
              return delegations().accept(Rig.delegation(USER, device, delayId, delay))
                  == Outcome.STORED;
            });
  }

  private void enter(String device, String sid) {
    sfu.enter(Rig.ROOM, Rig.identity(USER, device), sid);
    delegations()
        .hear(
            Rig.SITE,
            new Evidence.Joined(Rig.ROOM, FakeSfu.NODE, Rig.identity(USER, device), sid, 0));
  }

  private void leave(String device, String sid) {
    sfu.leave(Rig.ROOM, Rig.identity(USER, device));
    delegations()
        .hear(
            Rig.SITE,
            new Evidence.Left(
                Rig.ROOM,
                FakeSfu.NODE,
                Rig.identity(USER, device),
                sid,
                LeaveReason.CLIENT_INITIATED));
  }

  private void restarts(String delayId, int more) {
    int before = homeserver.event(delayId).restarts();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> homeserver.event(delayId).restarts() >= before + more);
  }

  private void fate(String delayId, Fate fate) {
    await().atMost(Duration.ofSeconds(20)).until(() -> homeserver.event(delayId).fate() == fate);
  }

  @Test
  void keepsTheLeaveAliveWhileTheSfuListsTheParticipantAndSendsItWhenItLeft() {
    delegate("D", "one", DELAY);
    enter("D", "PA_1");
    restarts("one", 4);
    assertThat(homeserver.event("one").fate()).isEqualTo(Fate.ALIVE);
    assertThat(homeserver.event("one").longestGap()).isLessThan(DELAY);
    assertThat(rig().gauge("weir.delegation.jobs", "state", "connected")).isEqualTo(1);

    leave("D", "PA_1");
    fate("one", Fate.SENT);
    await().until(() -> rig().count("weir.delegation.sends", "reason", "gone") == 1);
    await().until(() -> rig().gauge("weir.delegation.jobs", "state", "connected") == 0);
  }

  @Test
  void twoDevicesOfAUserAreTwoMembers() {
    delegate("D", "one", DELAY);
    delegate("E", "two", DELAY);
    enter("D", "PA_1");
    enter("E", "PA_2");
    restarts("two", 1);
    leave("D", "PA_1");
    fate("one", Fate.SENT);
    restarts("two", 2);
    assertThat(homeserver.event("two").fate()).isEqualTo(Fate.ALIVE);
  }

  @Test
  void aReloadCancelsTheOldEventAndTheNewOneLives() {
    delegate("D", "one", DELAY);
    enter("D", "PA_1");
    restarts("one", 1);
    delegate("D", "two", DELAY);
    enter("D", "PA_2");
    fate("one", Fate.CANCELLED);
    restarts("two", 2);
    assertThat(homeserver.event("two").fate()).isEqualTo(Fate.ALIVE);
  }

  @Test
  void aReconnectWithANewSidIsNoLeave() {
    delegate("D", "one", DELAY);
    enter("D", "PA_1");
    restarts("one", 1);
    sfu.enter(Rig.ROOM, Rig.identity(USER, "D"), "PA_2");
    delegations()
        .hear(
            Rig.SITE,
            new Evidence.Left(
                Rig.ROOM,
                FakeSfu.NODE,
                Rig.identity(USER, "D"),
                "PA_1",
                LeaveReason.DUPLICATE_IDENTITY));
    restarts("one", 3);
    assertThat(homeserver.event("one").fate()).isEqualTo(Fate.ALIVE);
  }

  @Test
  void whoIsMissingAfterThisProcessStoodStillIsNotTakenForGone() {
    delegate("D", "one", 60_000);
    enter("D", "PA_1");
    await().until(() -> homeserver.event("one").restarts() > 0);
    rig().leap(Duration.ofSeconds(50));
    restarts("one", 1);
    leave("D", "PA_1");
    await()
        .during(Duration.ofSeconds(4))
        .atMost(Duration.ofSeconds(6))
        .until(() -> homeserver.event("one").fate() == Fate.ALIVE);
    await().until(() -> rig().gauge("weir.delegation.jobs", "state", "connected") == 1);
  }

  @Test
  void findsLeavesByAskingWhenWebhooksAreLost() {
    sfu.enter(Rig.ROOM, Rig.identity(USER, "D"), "PA_1");
    delegate("D", "one", DELAY);
    restarts("one", 2);
    sfu.leave(Rig.ROOM, Rig.identity(USER, "D"));
    fate("one", Fate.SENT);
  }

  @Test
  void aHomeserverThatIsAwayForLessThanTheDelayLosesNobody() {
    delegate("D", "one", 6_000);
    enter("D", "PA_1");
    restarts("one", 2);
    homeserver.away(true);
    await().pollDelay(Duration.ofSeconds(5)).until(() -> true);
    homeserver.away(false);
    restarts("one", 1);
    assertThat(homeserver.event("one").fate()).isEqualTo(Fate.ALIVE);
  }

  @Test
  void aHomeserverThatIsAwayForMoreThanTheDelayEndsTheJobWithoutMoreCalls() {
    delegate("D", "one", DELAY);
    enter("D", "PA_1");
    restarts("one", 1);
    homeserver.away(true);
    await().until(() -> rig().count("weir.delegation.ended", "reason", "expired") == 1);
    homeserver.away(false);
    int calls = homeserver.calls();
    await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
    assertThat(homeserver.calls()).isEqualTo(calls);
    assertThat(homeserver.event("one").fate()).isEqualTo(Fate.FIRED);
  }

  @Test
  void afterARestartOfEverythingLiveJobsGoOnAndDeadOnesAreDroppedWithoutACall() {
    delegate("D", "short", 1_500);
    delegate("E", "long", 30_000);
    enter("D", "PA_1");
    enter("E", "PA_2");
    restarts("short", 1);
    restarts("long", 1);
    await()
        .pollDelay(Duration.ofSeconds(2))
        .until(() -> homeserver.event("short").fate() == Fate.ALIVE);
    running.orElseThrow().close();
    running = Optional.empty();
    await().pollDelay(Duration.ofMillis(4_500)).until(() -> true);
    int before = homeserver.calls();
    int alive = homeserver.event("long").restarts();

    restart();
    await().atMost(Duration.ofSeconds(3)).until(() -> homeserver.event("long").restarts() > alive);
    await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
    assertThat(homeserver.calls()).isEqualTo(before + 1);
    assertThat(homeserver.event("short").fate()).isEqualTo(Fate.FIRED);
    assertThat(homeserver.event("long").fate()).isEqualTo(Fate.ALIVE);
    await().until(() -> rig().gauge("weir.delegation.jobs", "state", "connected") == 1);
  }

  @Test
  void promisesNothingWhileTheDatabaseIsAwayAndHealsByItself() throws SQLException {
    delegate("D", "one", DELAY);
    enter("D", "PA_1");
    restarts("one", 1);
    breakDatabase(true);
    homeserver.schedule("two", DELAY);
    assertThat(delegations().accept(Rig.delegation(USER, "E", "two", DELAY)))
        .isEqualTo(Outcome.STORE_AWAY);
    assertThat(delegations().outlooks(Rig.SITE))
        .anySatisfy(
            outlook -> {
              assertThat(outlook.good()).isFalse();
              assertThat(outlook.reason()).isEqualTo("StoreAway");
            });
    assertThat(rig().gauge("weir.delegation.store.away")).isEqualTo(1);
    restarts("one", 2);

    breakDatabase(false);
    await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> rig().gauge("weir.delegation.store.away") == 0);
    delegate("E", "two", DELAY);
  }

  /** The table vanishes under the router, as if the database were another one. */
  private void breakDatabase(boolean broken) throws SQLException {
    try (Connection connection = database.orElseThrow().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          broken ? "ALTER TABLE job RENAME TO job_away" : "ALTER TABLE job_away RENAME TO job");
      statement.execute(
          broken
              ? "ALTER TABLE job_beat RENAME TO beat_away"
              : "ALTER TABLE beat_away RENAME TO job_beat");
    }
  }

  @Test
  void refusesWhatNoHomeserverCouldBeAskedFor() {
    Rig lost = new Rig(Optional::empty, sfu, database.orElseThrow());
    open.add(lost);
    assertThat(lost.delegations().accept(Rig.delegation(USER, "D", "one", DELAY)))
        .isEqualTo(Outcome.NO_CLIENT_API);
    assertThat(delegations().accept(Rig.delegation(USER, "D", "x".repeat(256), DELAY)))
        .isEqualTo(Outcome.NOT_ACCEPTABLE);
  }

  @Test
  void whoIsPutOutOfTheRoomLeavesNothingToSend() {
    delegate("D", "one", DELAY);
    enter("D", "PA_1");
    restarts("one", 1);
    delegations().kicked(Rig.SITE, "!another:a.example", USER);
    restarts("one", 1);
    delegations().kicked(Rig.SITE, "!r:a.example", USER);
    await().until(() -> rig().count("weir.delegation.ended", "reason", "kicked") == 1);
    fate("one", Fate.FIRED);
    assertThat(homeserver.calls("send")).isZero();
  }

  @Test
  void eachEventIsKeptAtTheHomeserverOfItsOwnUser() {
    CountingHomeserver guests = new CountingHomeserver(0);
    open.add(guests);
    running.ifPresent(Rig::close);
    running =
        Optional.of(
            new Rig(
                server ->
                    switch (server) {
                      case "a.example" -> Optional.of(homeserver.url());
                      case "guests.example" -> Optional.of(guests.url());
                      default -> Optional.empty();
                    },
                sfu,
                database.orElseThrow(),
                new SingleReplica()));
    CountingHomeserver.Event own = homeserver.schedule("own", DELAY);
    CountingHomeserver.Event guest = guests.schedule("guest", DELAY);
    assertThat(delegations().accept(Rig.delegation(USER, "D", "own", DELAY)))
        .isEqualTo(Outcome.STORED);
    assertThat(delegations().accept(Rig.delegation("@g:guests.example", "D", "guest", DELAY)))
        .isEqualTo(Outcome.STORED);
    assertThat(delegations().accept(Rig.delegation("@x:nobody.example", "D", "lost", DELAY)))
        .isEqualTo(Outcome.NO_CLIENT_API);
    assertThat(delegations().reachable(Rig.SITE, "nobody.example")).isFalse();
    sfu.enter(Rig.ROOM, Rig.identity(USER, "D"), "PA_1");
    sfu.enter(Rig.ROOM, Rig.identity("@g:guests.example", "D"), "PA_2");
    await().atMost(Duration.ofSeconds(20)).until(() -> own.restarts() > 2 && guest.restarts() > 2);
    assertThat(own.fate()).isEqualTo(Fate.ALIVE);
    assertThat(guest.fate()).isEqualTo(Fate.ALIVE);
  }

  @Test
  void tellsTheAdminWhichLimitToRaiseAndToWhat() {
    homeserver.limit(1, 5);
    for (int i = 0; i < 30; i++) {
      sfu.enter(Rig.ROOM, Rig.identity(USER, "D" + i), "PA_" + i);
      delegate("D" + i, "d" + i, 10_000);
    }
    // The limit may be hit before all members are counted.
    await()
        .untilAsserted(
            () ->
                assertThat(delegations().outlooks(Rig.SITE))
                    .anySatisfy(
                        outlook -> {
                          assertThat(outlook.reason()).isEqualTo("RateLimited");
                          assertThat(outlook.message())
                              .contains("rc_delayed_event_mgmt: {per_second: 10, burst_count: 100}")
                              .contains("30 members need 3.8 calls a second");
                        }));
    assertThat(rig().count("weir.delegation.ratelimited", "site", Rig.SITE)).isPositive();
  }
}
