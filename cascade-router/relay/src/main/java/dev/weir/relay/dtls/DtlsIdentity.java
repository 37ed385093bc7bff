package dev.weir.relay.dtls;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCertificate;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

/**
 * A self-signed P-256 certificate that lives as long as the engine; peers learn its fingerprint by
 * signalling.
 */
public final class DtlsIdentity {
  final BcTlsCrypto crypto;
  final Certificate certificate;
  final AsymmetricKeyParameter key;
  private final Fingerprint fingerprint;

  private DtlsIdentity(BcTlsCrypto crypto, X509CertificateHolder holder, KeyPair pair)
      throws IOException {
    this.crypto = crypto;
    this.certificate =
        new Certificate(
            new TlsCertificate[] {new BcTlsCertificate(crypto, holder.toASN1Structure())});
    this.key = PrivateKeyFactory.createKey(pair.getPrivate().getEncoded());
    this.fingerprint = Fingerprint.of(holder.getEncoded());
  }

  public static DtlsIdentity create(SecureRandom random, Instant now) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      KeyPair pair = generator.generateKeyPair();
      X500Name name = new X500Name("CN=WebRTC");
      X509v3CertificateBuilder builder =
          new X509v3CertificateBuilder(
              name,
              new BigInteger(63, random),
              Date.from(now.minus(Duration.ofDays(1))),
              Date.from(now.plus(Duration.ofDays(365))),
              name,
              SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
      X509CertificateHolder holder =
          builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));
      return new DtlsIdentity(new BcTlsCrypto(random), holder, pair);
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("cannot make a certificate", e);
    }
  }

  public Fingerprint fingerprint() {
    return fingerprint;
  }
}
