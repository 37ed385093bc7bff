package dev.weir.operator.site;

import io.fabric8.kubernetes.api.model.Secret;
import java.io.ByteArrayInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What partners need to know of a certificate: the hash of its public key. */
final class PeeringCertificate {
  static final String CERTIFICATE = "tls.crt";
  static final String KEY = "tls.key";

  private PeeringCertificate() {}

  /** The pin of a Secret's certificate; empty when there is none that can be read. */
  static Optional<String> pin(@Nullable Secret secret) {
    if (secret == null || secret.getData() == null || !secret.getData().containsKey(CERTIFICATE)) {
      return Optional.empty();
    }
    byte[] pem = Base64.getDecoder().decode(secret.getData().get(CERTIFICATE));
    try {
      Certificate certificate =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(pem));
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(certificate.getPublicKey().getEncoded());
      return Optional.of("sha256/" + Base64.getEncoder().encodeToString(hash));
    } catch (CertificateException e) {
      return Optional.empty();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
