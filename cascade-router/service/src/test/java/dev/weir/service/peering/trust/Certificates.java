package dev.weir.service.peering.trust;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates as tests need them: any name, any dates, any signer. */
public final class Certificates {
  private Certificates() {}

  public static KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public static X509Certificate selfSigned(
      KeyPair keys, String dnsName, Instant notBefore, Instant notAfter) {
    return signed(keys, keys, dnsName, "CN=x", "CN=x", notBefore, notAfter, false);
  }

  public static X509Certificate authority(KeyPair keys, Instant notBefore, Instant notAfter) {
    return signed(keys, keys, "ca.invalid", "CN=ca", "CN=ca", notBefore, notAfter, true);
  }

  public static X509Certificate issued(
      KeyPair authority, KeyPair keys, String dnsName, Instant notBefore, Instant notAfter) {
    return signed(authority, keys, dnsName, "CN=ca", "CN=leaf", notBefore, notAfter, false);
  }

  private static X509Certificate signed(
      KeyPair signer,
      KeyPair keys,
      String dnsName,
      String issuer,
      String subject,
      Instant notBefore,
      Instant notAfter,
      boolean isAuthority) {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              new X500Principal(issuer),
              BigInteger.valueOf(System.nanoTime()),
              Date.from(notBefore),
              Date.from(notAfter),
              new X500Principal(subject),
              keys.getPublic());
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(
              new GeneralName(
                  dnsName.matches("[0-9.]+") ? GeneralName.iPAddress : GeneralName.dNSName,
                  dnsName)));
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate())));
    } catch (GeneralSecurityException | OperatorCreationException | java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public static String pem(Object keyOrCertificate) {
    try {
      return Pem.write(
          keyOrCertificate instanceof java.security.PrivateKey key
              ? new org.bouncycastle.openssl.jcajce.JcaPKCS8Generator(key, null)
              : keyOrCertificate);
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public static PeerTrust pinned(String serverName, X509Certificate... certificates) {
    return new PeerTrust(
        serverName,
        java.util.Arrays.stream(certificates)
            .map(SpkiPin::of)
            .collect(java.util.stream.Collectors.toSet()),
        List.of());
  }
}
