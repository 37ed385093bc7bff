package dev.weir.service.contract;

import dev.weir.service.peering.trust.Certificates;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A certificate for 127.0.0.1, for fakes that speak TLS and a router that trusts them. */
final class Keys {
  static final String PASSWORD = "changeit";

  private final KeyPair keys = Certificates.keys();
  private final X509Certificate certificate =
      Certificates.selfSigned(
          keys,
          "127.0.0.1",
          Instant.now().minus(Duration.ofDays(1)),
          Instant.now().plus(Duration.ofDays(1)));

  SSLContext serverTls() {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "key",
          keys.getPrivate(),
          PASSWORD.toCharArray(),
          new java.security.cert.Certificate[] {certificate});
      KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
      factory.init(store, PASSWORD.toCharArray());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(factory.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  Path trustStore(Path folder) throws IOException {
    Path file = folder.resolve("trust.p12");
    try (OutputStream out = Files.newOutputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("ca", certificate);
      store.store(out, PASSWORD.toCharArray());
      return file;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
