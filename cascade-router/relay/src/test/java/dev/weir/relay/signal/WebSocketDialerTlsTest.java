package dev.weir.relay.signal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.relay.signal.RawServer.Visitor;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.SignalResponse;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A token is only told to a server that proves its name. */
class WebSocketDialerTlsTest {
  private static final char[] NO_PASSWORD = new char[0];

  private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
  private SSLContext usual;
  private WebSocketDialer dialer;
  private RawServer server;
  private SSLContext trusting;

  @BeforeEach
  void start() throws Exception {
    usual = SSLContext.getDefault();
    KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
    KeyPair pair = keys.generateKeyPair();
    X509Certificate certificate = certificate(pair);
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, NO_PASSWORD);
    own.setKeyEntry("server", pair.getPrivate(), NO_PASSWORD, new X509Certificate[] {certificate});
    KeyManagerFactory proves = KeyManagerFactory.getInstance("PKIX");
    proves.init(own, NO_PASSWORD);
    SSLContext proving = SSLContext.getInstance("TLS");
    proving.init(proves.getKeyManagers(), null, null);
    KeyStore known = KeyStore.getInstance("PKCS12");
    known.load(null, NO_PASSWORD);
    known.setCertificateEntry("server", certificate);
    TrustManagerFactory trusts = TrustManagerFactory.getInstance("PKIX");
    trusts.init(known);
    trusting = SSLContext.getInstance("TLS");
    trusting.init(null, trusts.getTrustManagers(), null);
    server = new RawServer(proving.getServerSocketFactory(), "wss");
    dialer = new WebSocketDialer();
  }

  private static X509Certificate certificate(KeyPair pair) throws Exception {
    X500Name name = new X500Name("CN=a.example");
    Instant now = Instant.now();
    return new JcaX509CertificateConverter()
        .getCertificate(
            new JcaX509v3CertificateBuilder(
                    name,
                    new BigInteger(63, new SecureRandom()),
                    Date.from(now.minus(Duration.ofDays(1))),
                    Date.from(now.plus(Duration.ofDays(1))),
                    name,
                    pair.getPublic())
                .addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, "localhost")))
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
  }

  @AfterEach
  void stop() throws Exception {
    SSLContext.setDefault(usual);
    dialer.close();
    server.close();
  }

  private void dial(String host) {
    dialer.dial(
        server.url(host),
        "token-of-bob",
        JoinRequest.getDefaultInstance(),
        address -> true,
        new SignalDialer.Events() {
          @Override
          public void message(SignalResponse response, Runnable next) {
            next.run();
          }

          @Override
          public void closed(String why) {
            ends.add(why);
          }
        });
  }

  private String refusedBy(String host) throws InterruptedException {
    Thread accepting =
        Thread.startVirtualThread(
            () -> {
              try (Visitor visitor = server.accept()) {
                ends.add("told " + visitor.request());
              } catch (java.io.IOException e) {
                // It turned away.
              }
            });
    dial(host);
    String end = ends.poll(10, TimeUnit.SECONDS);
    accepting.join();
    return end;
  }

  @Test
  void theNameIsProven() throws Exception {
    SSLContext.setDefault(trusting);
    dial("localhost");
    try (Visitor visitor = server.accept()) {
      assertThat(visitor.header("authorization")).isEqualTo("Bearer token-of-bob");
    }
  }

  @Test
  void aCertificateForAnotherName() throws Exception {
    SSLContext.setDefault(trusting);
    assertThat(refusedBy("127.0.0.1")).contains("SSLHandshakeException").contains("127.0.0.1");
    assertThat(ends).isEmpty();
  }

  @Test
  void aCertificateOfNobodyWeTrust() throws Exception {
    assertThat(refusedBy("localhost")).contains("SSLHandshakeException");
    assertThat(ends).isEmpty();
  }
}
