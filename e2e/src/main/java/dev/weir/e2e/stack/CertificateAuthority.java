package dev.weir.e2e.stack;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;

/**
 * Stands for the public web's certificate authorities: homeservers and routers of a run trust it,
 * and nothing else.
 */
final class CertificateAuthority {
  private static final X500Name NAME = new X500Name("CN=Weir test run");

  private final KeyPair keys = Certificate.newKeys();
  private final X509CertificateHolder self;

  CertificateAuthority() {
    try {
      JcaX509v3CertificateBuilder builder = Certificate.builder(NAME, NAME, keys.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      self = Certificate.sign(builder, keys.getPrivate());
    } catch (CertIOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A certificate for a server at a literal address. */
  Certificate issue(String address) {
    return Certificate.issuedBy(NAME, keys.getPrivate(), address);
  }

  Path writePem(Path file) {
    return Secrets.writePrivately(file, Certificate.pem(self));
  }

  /** For the JVM of a router. */
  Path writeTrustStore(Path file) {
    try (OutputStream out = Files.newOutputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("ca", new JcaX509CertificateConverter().getCertificate(self));
      store.store(out, TRUST_STORE_PASSWORD.toCharArray());
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has PKCS12", e);
    }
  }

  /** Guards nothing: a trust store holds public certificates. */
  static final String TRUST_STORE_PASSWORD = "changeit";
}
