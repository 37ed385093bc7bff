package dev.weir.service.peering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weir.peering.v1.AdmitRequest;
import dev.weir.peering.v1.AdmitResponse;
import dev.weir.peering.v1.Announcements;
import dev.weir.peering.v1.PeeringGrpc;
import dev.weir.peering.v1.RenewLegRequest;
import dev.weir.peering.v1.Slot;
import dev.weir.peering.v1.SyncMessage;
import dev.weir.service.peering.trust.Certificates;
import dev.weir.service.peering.trust.SpkiPin;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two deployments on real sockets: a.test and b.test. */
class PeeringTest {
  private static final PeerKey AB = new PeerKey("a.test", "b.test");
  private static final PeerKey BA = new PeerKey("b.test", "a.test");

  @TempDir Path data;
  private final List<TestDeployment> deployments = new ArrayList<>();

  private TestDeployment deployment(String... sites) {
    return keep(new TestDeployment(data.resolve("d" + deployments.size()))).hosts(sites);
  }

  private TestDeployment keep(TestDeployment deployment) {
    deployments.add(deployment);
    return deployment;
  }

  @AfterEach
  void close() {
    deployments.forEach(TestDeployment::close);
  }

  private static void peer(TestDeployment a, TestDeployment b) {
    a.lists("a.test", "b.test", b.port, b.pin("b.test"));
    b.lists("b.test", "a.test", a.port, a.pin("a.test"));
  }

  private static void awaitConnected(TestDeployment a, TestDeployment b) {
    await().until(() -> a.connected("a.test", "b.test") && b.connected("b.test", "a.test"));
  }

  private static PeeringGrpc.PeeringBlockingStub calls(TestDeployment d, PeerKey key) {
    return d.peering.calls(key, Duration.ofSeconds(5)).orElseThrow();
  }

  private static AdmitRequest admission(String to) {
    return AdmitRequest.newBuilder()
        .setToServerName(to)
        .setSlot(Slot.newBuilder().setRoomId("!r:x").setSlotId("m.call#ROOM"))
        .build();
  }

  @Test
  void twoSitesThatListEachOtherConnectBothWays() {
    var a = deployment("a.test");
    var b = deployment("b.test");
    peer(a, b);
    awaitConnected(a, b);
    await().until(() -> b.peering.status(BA).protocolVersion() == 1);
    assertThat(a.peering.status(AB).protocolVersion()).isEqualTo(1);
    assertThat(a.peering.status(AB).key()).contains(b.pin("b.test"));
    AdmitResponse answer = calls(b, BA).admit(admission("a.test"));
    assertThat(answer.getAdmitted().getUrl()).isEqualTo("wss://here");
    await().until(() -> calls(a, AB).admit(admission("b.test")).hasAdmitted());
  }

  @Test
  void carriesContentInBothDirections() {
    var a = deployment("a.test");
    var b = deployment("b.test");
    peer(a, b);
    awaitConnected(a, b);
    var said =
        SyncMessage.newBuilder()
            .setAnnouncements(Announcements.newBuilder().setComplete(true))
            .build();
    a.content(AB).say(said);
    b.content(BA).say(said);
    await().until(() -> b.content(BA).heard.contains(said));
    await().until(() -> a.content(AB).heard.contains(said));
  }

  @Test
  void connectsOverWhatTheWellKnownDocumentsSay() {
    var a = deployment("a.test");
    var b = deployment("b.test");
    publish(a, "a.test", b);
    publish(b, "b.test", a);
    a.lists("a.test", "b.test", 0);
    b.lists("b.test", "a.test", 0);
    awaitConnected(a, b);
    assertThat(a.peering.status(AB).discovered().holds()).isTrue();
  }

  private static void publish(TestDeployment from, String site, TestDeployment reader) {
    reader.documents.put(
        site,
        from.peering
            .directory()
            .wellKnown(site)
            .orElseThrow()
            .json()
            .getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  @Test
  void saysThatTheDocumentIsMissing() {
    var a = deployment("a.test");
    a.lists("a.test", "b.test", 0);
    await().until(() -> a.peering.status(AB).discovered().state() == LinkStatus.State.FALSE);
    assertThat(a.peering.status(AB).discovered().message())
        .isEqualTo("https://b.test/.well-known/weir: HTTP status 404");
  }

  @Test
  void aWrongKeyIsRefusedByTheDiallerAndSaidInWords() {
    var a = deployment("a.test");
    var b = deployment("b.test");
    b.lists("b.test", "a.test", a.port, a.pin("a.test"));
    a.lists("a.test", "b.test", b.port, SpkiPin.of(Certificates.keys().getPublic()));
    await().until(() -> a.peering.status(AB).trustVerified().state() == LinkStatus.State.FALSE);
    assertThat(a.peering.status(AB).trustVerified().reason()).isEqualTo("WrongKey");
    assertThat(a.peering.status(AB).connected().holds()).isFalse();
    assertThat(a.peering.calls(AB, Duration.ofSeconds(1))).isEmpty();
  }

  @Test
  void aCallerWithAWrongKeyNeverReachesAnAnswer() {
    var a = deployment("a.test");
    var b = deployment("b.test");
    a.lists("a.test", "b.test", b.port, b.pin("b.test"));
    b.lists("b.test", "a.test", a.port, SpkiPin.of(Certificates.keys().getPublic()));
    await().until(() -> a.peering.status(AB).connected().reason().equals("Refused"));
    assertThat(b.count("hello", "granted")).isZero();
  }

  @Test
  void anUnlistedCallerEndsInTheHandshake() {
    var a = deployment("a.test");
    var b = deployment("b.test");
    a.lists("a.test", "b.test", b.port, b.pin("b.test"));
    await().until(() -> a.peering.status(AB).connected().reason().equals("Refused"));
    assertThat(b.count("hello", "stranger")).isZero();
    assertThat(b.contentsOpened).hasValue(0);
  }

  @Test
  void refusesACertificateForAnotherName() {
    var a = deployment("a.test");
    var b = deployment("b.test");
    // The key is pinned, but the certificate at that endpoint names c.test.
    var c = deployment("c.test");
    a.lists("a.test", "b.test", c.port, c.pin("c.test"));
    c.lists("c.test", "a.test", a.port, a.pin("a.test"));
    await().until(() -> a.peering.status(AB).trustVerified().reason().equals("WrongName"));
    assertThat(b.contentsOpened).hasValue(0);
  }

  @Test
  void refusesAnExpiredCertificate() {
    var a = deployment("a.test");
    var b = deployment("b.test");
    KeyPair keys = Certificates.keys();
    Instant now = InstantSource.system().instant();
    X509Certificate old =
        Certificates.selfSigned(
            keys, "b.test", now.minus(Duration.ofDays(9)), now.minus(Duration.ofDays(1)));
    b.proves("b.test", Certificates.pem(old), Certificates.pem(keys.getPrivate()));
    peer(a, b);
    await().until(() -> a.peering.status(AB).trustVerified().reason().equals("Expired"));
    assertThat(a.connected("a.test", "b.test")).isFalse();
  }

  @Test
  void anotherCertificateIsTakenUpWithoutARestart() {
    var a = deployment("a.test");
    var b = deployment("b.test");
    peer(a, b);
    awaitConnected(a, b);
    KeyPair fresh = Certificates.keys();
    Instant now = InstantSource.system().instant();
    X509Certificate next =
        Certificates.selfSigned(
            fresh, "b.test", now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(9)));
    a.lists("a.test", "b.test", b.port, b.pin("b.test"), SpkiPin.of(next));
    b.proves("b.test", Certificates.pem(next), Certificates.pem(fresh.getPrivate()));
    b.lists("b.test", "a.test", a.port, a.pin("a.test"));
    a.lists("a.test", "b.test", b.port, SpkiPin.of(next));
    await().until(() -> a.peering.status(AB).key().equals(java.util.Optional.of(SpkiPin.of(next))));
    awaitConnected(a, b);
  }

  @Test
  void aRotatedKeyIsFoundInTheDocumentAnew() {
    var a = deployment("a.test");
    var b = deployment("b.test");
    publish(a, "a.test", b);
    publish(b, "b.test", a);
    a.lists("a.test", "b.test", 0);
    b.lists("b.test", "a.test", 0);
    awaitConnected(a, b);
    assertThat(a.peering.directory().wellKnown("a.test").orElseThrow().keys())
        .containsExactly(a.pin("a.test"));
  }

  @Test
  void suspendingAPeerEndsItsStreamAndItsCalls() {
    var a = deployment("a.test");
    var b = deployment("b.test");
    peer(a, b);
    awaitConnected(a, b);
    var calls = calls(a, AB).withDeadlineAfter(Duration.ofSeconds(5));
    b.change(BA, agreement -> TestDeployment.suspended(agreement, true));
    await().until(() -> a.content(AB).ended && b.content(BA).ended);
    assertThatThrownBy(() -> calls.admit(admission("b.test")))
        .isInstanceOf(StatusRuntimeException.class);
    assertThat(b.admitted).isEmpty();
    await().until(() -> !a.connected("a.test", "b.test") && !b.connected("b.test", "a.test"));
    b.change(BA, agreement -> TestDeployment.suspended(agreement, false));
    awaitConnected(a, b);
  }

  @Test
  void aDeletedPeerIsAStranger() {
    var a = deployment("a.test");
    var b = deployment("b.test");
    peer(a, b);
    awaitConnected(a, b);
    b.forgets(BA);
    await().until(() -> a.content(AB).ended);
    await().until(() -> a.peering.status(AB).connected().reason().equals("Refused"));
  }

  @Test
  void comesBackAfterTheOtherSideRestarted() {
    var a = deployment("a.test");
    var b = deployment("b.test");
    peer(a, b);
    awaitConnected(a, b);
    b.close();
    await().until(() -> !a.connected("a.test", "b.test"));
    // The same data directory, and so the same key, on another port.
    var again = keep(new TestDeployment(data.resolve("d1"))).hosts("b.test");
    assertThat(again.pin("b.test")).isEqualTo(b.pin("b.test"));
    peer(a, again);
    awaitConnected(a, again);
  }

  @Test
  void oneDeploymentAnswersForSeveralSites() {
    var a = deployment("a.test");
    var both = deployment("b.test", "c.test");
    a.lists("a.test", "b.test", both.port, both.pin("b.test"));
    a.lists("a.test", "c.test", both.port, both.pin("c.test"));
    both.lists("b.test", "a.test", a.port, a.pin("a.test"));
    both.lists("c.test", "a.test", a.port, a.pin("a.test"));
    await()
        .until(
            () ->
                a.connected("a.test", "b.test")
                    && a.connected("a.test", "c.test")
                    && both.connected("b.test", "a.test")
                    && both.connected("c.test", "a.test"));
    assertThat(both.pin("b.test")).isNotEqualTo(both.pin("c.test"));
  }

  @Test
  void aPartnerOfOneSiteIsAStrangerToTheOther() {
    var a = deployment("a.test");
    var both = deployment("b.test", "c.test");
    peer(a, both);
    awaitConnected(a, both);
    assertThatThrownBy(() -> calls(a, AB).admit(admission("c.test")))
        .satisfies(e -> assertThat(code(e)).isEqualTo(Status.Code.PERMISSION_DENIED));
    assertThat(both.count("admit", "stranger")).isOne();
    assertThat(both.admitted).isEmpty();
  }

  @Test
  void versionsWithoutAnOverlapAreSaidWithBothNumbers() {
    var a = deployment("a.test");
    var b = keep(new TestDeployment(data.resolve("new"), 3, 2, InstantSource.system()));
    b.hosts("b.test");
    peer(a, b);
    await().until(() -> a.peering.status(AB).compatible().state() == LinkStatus.State.FALSE);
    assertThat(a.peering.status(AB).compatible().message())
        .contains("we speak protocol versions 1 to 1, the peer speaks 2 to 3");
    assertThat(a.peering.calls(AB, Duration.ofSeconds(1))).isEmpty();
  }

  @Test
  void theOlderOfTwoOverlappingVersionsIsUsed() {
    var a = deployment("a.test");
    var b = keep(new TestDeployment(data.resolve("new"), 2, 1, InstantSource.system()));
    b.hosts("b.test");
    peer(a, b);
    awaitConnected(a, b);
    await().until(() -> b.peering.status(BA).protocolVersion() == 1);
  }

  @Test
  void anOversizedMessageIsRefusedAndTheLinkGoesOn() {
    var a = deployment("a.test");
    var b = deployment("b.test");
    peer(a, b);
    awaitConnected(a, b);
    var huge =
        admission("b.test").toBuilder()
            .setSlot(Slot.newBuilder().setRoomId("!".repeat(PeeringServer.LARGEST_MESSAGE + 1)))
            .build();
    assertThatThrownBy(() -> calls(a, AB).admit(huge))
        .satisfies(e -> assertThat(code(e)).isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
    assertThat(b.admitted).isEmpty();
    assertThat(calls(a, AB).admit(admission("b.test")).hasAdmitted()).isTrue();
  }

  @Test
  void aPeerOverItsAdmissionsHearsSoAndOthersFeelNothing() {
    var a = deployment("a.test");
    var b = deployment("b.test");
    var c = deployment("c.test");
    peer(a, b);
    c.lists("c.test", "b.test", b.port, b.pin("b.test"));
    b.lists("b.test", "c.test", c.port, c.pin("c.test"));
    b.change(
        BA,
        agreement -> TestDeployment.limited(agreement, new PeerLimits(10, 10, 10, 1_000_000, 1)));
    awaitConnected(a, b);
    await()
        .until(
            () ->
                c.peering
                    .calls(new PeerKey("c.test", "b.test"), Duration.ofSeconds(1))
                    .isPresent());
    List<Status.Code> codes = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      try {
        var unused = calls(a, AB).admit(admission("b.test"));
      } catch (StatusRuntimeException e) {
        codes.add(e.getStatus().getCode());
      }
    }
    assertThat(codes).isNotEmpty().containsOnly(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(calls(c, new PeerKey("c.test", "b.test")).admit(admission("b.test")).hasAdmitted())
        .isTrue();
  }

  @Test
  void aRefusalCarriesItsStatus() {
    var a = deployment("a.test");
    var b = deployment("b.test");
    peer(a, b);
    awaitConnected(a, b);
    var request = RenewLegRequest.newBuilder().setToServerName("b.test").build();
    assertThatThrownBy(() -> calls(a, AB).renewLeg(request))
        .satisfies(e -> assertThat(code(e)).isEqualTo(Status.Code.NOT_FOUND));
  }

  private static Status.Code code(Throwable e) {
    return ((StatusRuntimeException) e).getStatus().getCode();
  }
}
