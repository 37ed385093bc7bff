package dev.weir.service.peering.trust;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/** What one of our own sites proves its name with. */
public record SiteCertificate(String serverName, PrivateKey key, List<X509Certificate> chain) {
  public SiteCertificate {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("a site certificate needs a chain");
    }
  }

  public X509Certificate leaf() {
    return chain.getFirst();
  }

  public SpkiPin pin() {
    return SpkiPin.of(leaf());
  }

  public Instant notAfter() {
    return leaf().getNotAfter().toInstant();
  }

  @Override
  public String toString() {
    return "SiteCertificate[" + serverName + ", " + pin() + ", until " + notAfter() + "]";
  }
}
