package dev.weir.e2e.stack;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A server's certificate and key as PEM, and the pin of its key as a partner would write it down.
 */
public record Certificate(String certificatePem, String keyPem, String pin) {

  /** Signed by itself, for partners that pin its key. */
  static Certificate selfSigned(String address) {
    KeyPair keys = newKeys();
    return issue(new X500Name("CN=" + address), keys.getPrivate(), address, keys);
  }

  static Certificate issuedBy(X500Name authority, PrivateKey authorityKey, String address) {
    return issue(authority, authorityKey, address, newKeys());
  }

  private static Certificate issue(
      X500Name issuer, PrivateKey issuerKey, String address, KeyPair keys) {
    try {
      JcaX509v3CertificateBuilder builder =
          builder(issuer, new X500Name("CN=" + address), keys.getPublic());
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.iPAddress, address)));
      byte[] pin = MessageDigest.getInstance("SHA-256").digest(keys.getPublic().getEncoded());
      return new Certificate(
          pem(sign(builder, issuerKey)),
          pem(new JcaPKCS8Generator(keys.getPrivate(), null)),
          "sha256/" + Base64.getEncoder().encodeToString(pin));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has P-256", e);
    }
  }

  static JcaX509v3CertificateBuilder builder(X500Name issuer, X500Name subject, PublicKey key) {
    Instant now = Instant.now();
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(64, new SecureRandom()),
        Date.from(now.minus(Duration.ofHours(1))),
        Date.from(now.plus(Duration.ofDays(7))),
        subject,
        key);
  }

  static X509CertificateHolder sign(JcaX509v3CertificateBuilder builder, PrivateKey key) {
    try {
      return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key));
    } catch (OperatorCreationException e) {
      throw new IllegalStateException("every JDK signs with P-256", e);
    }
  }

  static String pem(Object part) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(part);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  @Override
  public String toString() {
    return "Certificate[" + pin + "]";
  }
}
