package dev.weir.e2e.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.e2e.run.CallView;
import dev.weir.e2e.run.Run;
import dev.weir.e2e.run.TestRuns;
import dev.weir.e2e.stack.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * alice@a and bob@b in an encrypted call, each at the own site, while media between the two sites'
 * servers is cut for a minute: both see each other again over the other site's SFU, and come back
 * when the cut is over. Nobody leaves.
 */
@Tag("quiet")
class BlockedMediaTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration CUT = Duration.ofSeconds(60);
  private static final Duration HEALED_WITHIN = Duration.ofSeconds(60);

  private static final List<MediaLink> LINKS = new ArrayList<>();

  private static Run run;
  private static Site a;
  private static Site b;

  @BeforeAll
  static void startTwoSitesBehindLinks() throws IOException {
    run = TestRuns.start(BlockedMediaTest.class, 2, true);
    a = run.federation().site("a");
    b = run.federation().site("b");
    putBehindALink(a, b);
    putBehindALink(b, a);
  }

  /** The SFU names the link's address as its own, and has no other way in. */
  private static void putBehindALink(Site site, Site partner) throws IOException {
    int port = site.address().mediaUdpPort();
    Path config = configOf(port);
    String text = Files.readString(config);
    String behind =
        text.replace("node_ip: 127.0.0.1", "node_ip: " + site.address().ip())
            .replace("tcp_port: " + site.address().mediaTcpPort(), "tcp_port: 0");
    assertThat(behind).isNotEqualTo(text).contains("tcp_port: 0");
    Files.writeString(config, behind);
    LINKS.add(new MediaLink(site.address().ip(), port, () -> partner.router().running().pid()));
    site.livekit().restart();
  }

  private static Path configOf(int udpPort) throws IOException {
    try (Stream<Path> files = Files.walk(run.logs().resolve(".."))) {
      for (Path file : files.filter(file -> file.endsWith("livekit.yaml")).toList()) {
        if (Files.readString(file).contains("udp_port: " + udpPort + "\n")) {
          return file;
        }
      }
    }
    throw new AssertionError("no configuration with the media port " + udpPort);
  }

  @AfterAll
  static void end() throws IOException {
    TestRuns.end(run);
    for (MediaLink link : LINKS) {
      link.close();
    }
  }

  @AfterEach
  void everybodyGoesHome() {
    LINKS.forEach(link -> link.cutOffThePartner(false));
    run.sendEverybodyHome();
  }

  @ParameterizedTest
  @EnumSource(
      value = ElementCall.class,
      names = {"CURRENT", "LEGACY"})
  void peopleGoOnOverTheOtherSitesSfuAndComeBack(ElementCall build) {
    String kind = build.name().toLowerCase(java.util.Locale.ROOT);
    CallUser alice = run.seat(run.register("alice-" + kind, a), build);
    CallUser bob = run.seat(run.register("bob-" + kind, b), build);
    List<CallUser> people = List.of(alice, bob);
    String room = Calls.among(run, people, SOON);
    assertThat(atTheirOwnSitesOnly(people)).as("before the cut").isTrue();
    List<String> memberEvents = alice.user().callMemberEvents(room);
    Pictures.of(people, "blocked-media-before");

    LINKS.forEach(link -> link.cutOffThePartner(true));
    Gaps cut = new Gaps(people);
    cut.watch(CUT);
    System.out.printf("%s, cut for %d s: %s%n", build, CUT.toSeconds(), cut);
    CallChecks.see(people, SOON);
    Pictures.of(people, "blocked-media-cut");
    for (CallUser person : people) {
      CallChecks.hears(person, SOON);
    }
    assertThat(people.stream().anyMatch(person -> !attachedTo(person).equals(own(person))))
        .as("somebody is at the other site's SFU")
        .isTrue();

    LINKS.forEach(link -> link.cutOffThePartner(false));
    assertThat(alice.await(HEALED_WITHIN, () -> atTheirOwnSitesOnly(people)))
        .as("everybody is back at the own site")
        .isTrue();
    CallChecks.see(people, SOON);
    for (CallUser person : people) {
      CallChecks.hears(person, SOON);
      CallChecks.encryptsEverything(person);
      assertThat(person.tiles()).as("people that %s shows", person.name()).isEqualTo(2);
    }
    Pictures.of(people, "blocked-media-after");
    assertThat(alice.user().callMemberEvents(room)).as("nobody left").isEqualTo(memberEvents);
    // Last, so that a slow machine still tells all the rest.
    cut.each()
        .forEach(
            gap -> {
              assertThat(gap.audio()).as("audio of %s", gap.person().name()).isLessThan(15);
              assertThat(gap.video()).as("video of %s", gap.person().name()).isLessThan(15);
            });
  }

  private static boolean atTheirOwnSitesOnly(List<CallUser> people) {
    return people.stream().allMatch(person -> attachedTo(person).equals(own(person)));
  }

  private static List<String> attachedTo(CallUser person) {
    return CallView.of(person, run.federation().sites()).attachedTo();
  }

  private static List<String> own(CallUser person) {
    return List.of(person.user().site().name());
  }
}
