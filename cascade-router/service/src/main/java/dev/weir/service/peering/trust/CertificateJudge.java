package dev.weir.service.peering.trust;

import dev.weir.service.peering.trust.Verdict.Reason;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Holds a presented chain against what is known of a partner.
 *
 * <p>The name must be proven and the dates must hold, always. Then the key must be pinned; only a
 * partner without pins is judged by its authorities.
 */
public final class CertificateJudge {
  private final InstantSource clock;

  public CertificateJudge(InstantSource clock) {
    this.clock = clock;
  }

  public Verdict judge(List<X509Certificate> chain, PeerTrust trust) {
    if (chain.isEmpty()) {
      return new Verdict.Refused(Reason.NO_CERTIFICATE);
    }
    if (!trust.knowsAnything()) {
      return new Verdict.Refused(Reason.NO_KEYS_KNOWN);
    }
    X509Certificate leaf = chain.getFirst();
    if (!ProvenNames.prove(leaf, trust.serverName())) {
      return new Verdict.Refused(Reason.WRONG_NAME);
    }
    Instant now = clock.instant();
    if (now.isAfter(leaf.getNotAfter().toInstant())) {
      return new Verdict.Refused(Reason.EXPIRED);
    }
    if (now.isBefore(leaf.getNotBefore().toInstant())) {
      return new Verdict.Refused(Reason.NOT_YET_VALID);
    }
    SpkiPin key = SpkiPin.of(leaf);
    if (!trust.pins().isEmpty()) {
      return trust.pins().contains(key)
          ? new Verdict.Trusted(key, leaf.getNotAfter().toInstant())
          : new Verdict.Refused(Reason.WRONG_KEY);
    }
    return vouchedFor(chain, trust.authorities(), now)
        ? new Verdict.Trusted(key, leaf.getNotAfter().toInstant())
        : new Verdict.Refused(Reason.UNTRUSTED_AUTHORITY);
  }

  private static boolean vouchedFor(
      List<X509Certificate> chain, List<X509Certificate> authorities, Instant now) {
    try {
      var parameters =
          new PKIXParameters(
              authorities.stream().map(a -> new TrustAnchor(a, null)).collect(Collectors.toSet()));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      List<X509Certificate> path = chain.stream().filter(c -> !authorities.contains(c)).toList();
      if (path.isEmpty()) {
        return true;
      }
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
