package dev.weir.service.peering.trust;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CertificateJudgeTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final Instant YESTERDAY = NOW.minus(Duration.ofDays(1));
  private static final Instant TOMORROW = NOW.plus(Duration.ofDays(1));

  private final CertificateJudge judge = new CertificateJudge(InstantSource.fixed(NOW));
  private final KeyPair keys = Certificates.keys();
  private final X509Certificate good =
      Certificates.selfSigned(keys, "b.example", YESTERDAY, TOMORROW);

  @Test
  void trustsThePinnedKeyUnderItsName() {
    assertThat(judge.judge(List.of(good), Certificates.pinned("b.example", good)))
        .isEqualTo(new Verdict.Trusted(SpkiPin.of(good), good.getNotAfter().toInstant()));
  }

  @Test
  void trustsARenewedCertificateOfThePinnedKey() {
    X509Certificate renewed =
        Certificates.selfSigned(keys, "b.example", YESTERDAY, NOW.plus(Duration.ofDays(90)));
    assertThat(judge.judge(List.of(renewed), Certificates.pinned("b.example", good)))
        .isInstanceOf(Verdict.Trusted.class);
  }

  @Test
  void refusesAnotherKeyUnderTheSameName() {
    X509Certificate forged =
        Certificates.selfSigned(Certificates.keys(), "b.example", YESTERDAY, TOMORROW);
    assertRefused(
        List.of(forged), Certificates.pinned("b.example", good), Verdict.Reason.WRONG_KEY);
  }

  @Test
  void refusesThePinnedKeyUnderAnotherName() {
    X509Certificate other = Certificates.selfSigned(keys, "c.example", YESTERDAY, TOMORROW);
    assertRefused(
        List.of(other), Certificates.pinned("b.example", other), Verdict.Reason.WRONG_NAME);
  }

  @Test
  void takesAWildcardForNoServerName() {
    X509Certificate wild = Certificates.selfSigned(keys, "*.example", YESTERDAY, TOMORROW);
    assertRefused(List.of(wild), Certificates.pinned("b.example", wild), Verdict.Reason.WRONG_NAME);
  }

  @Test
  void refusesAnExpiredCertificateEvenOfThePinnedKey() {
    X509Certificate old =
        Certificates.selfSigned(keys, "b.example", YESTERDAY, NOW.minusSeconds(1));
    assertRefused(List.of(old), Certificates.pinned("b.example", old), Verdict.Reason.EXPIRED);
  }

  @Test
  void refusesACertificateFromTheFuture() {
    X509Certificate early =
        Certificates.selfSigned(keys, "b.example", NOW.plusSeconds(9), TOMORROW);
    assertRefused(
        List.of(early), Certificates.pinned("b.example", early), Verdict.Reason.NOT_YET_VALID);
  }

  @Test
  void trustsNobodyWhileNoKeyIsKnown() {
    assertRefused(
        List.of(good),
        new PeerTrust("b.example", Set.of(), List.of()),
        Verdict.Reason.NO_KEYS_KNOWN);
  }

  @Test
  void trustsWhatThePartnersAuthoritySigned() {
    KeyPair ca = Certificates.keys();
    X509Certificate authority = Certificates.authority(ca, YESTERDAY, TOMORROW);
    X509Certificate leaf = Certificates.issued(ca, keys, "b.example", YESTERDAY, TOMORROW);
    var trust = new PeerTrust("b.example", Set.of(), List.of(authority));
    assertThat(judge.judge(List.of(leaf), trust)).isInstanceOf(Verdict.Trusted.class);
    assertRefused(List.of(good), trust, Verdict.Reason.UNTRUSTED_AUTHORITY);
  }

  @Test
  void tellsApartServerNamesThatDifferInThePortOnly() {
    var selfMade =
        new SelfMadeCertificates(
            java.nio.file.Path.of(
                System.getProperty("java.io.tmpdir"), "weir-" + System.nanoTime()),
            InstantSource.fixed(NOW),
            new java.security.SecureRandom());
    X509Certificate first;
    try {
      first = selfMade.of("localhost:8448").leaf();
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
    assertThat(judge.judge(List.of(first), Certificates.pinned("localhost:8448", first)))
        .isInstanceOf(Verdict.Trusted.class);
    assertRefused(
        List.of(first), Certificates.pinned("localhost:8449", first), Verdict.Reason.WRONG_NAME);
  }

  private void assertRefused(List<X509Certificate> chain, PeerTrust trust, Verdict.Reason reason) {
    assertThat(judge.judge(chain, trust)).isEqualTo(new Verdict.Refused(reason));
  }
}
