package dev.weir.service.peering.trust;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;

/**
 * Reads and writes certificates and keys as text, in every form that cert-manager and openssl make.
 */
public final class Pem {
  private Pem() {}

  /** A PEM text that is not what it should be; the message is for the admin and holds no key. */
  public static final class BadPem extends Exception {
    private static final long serialVersionUID = 1;

    BadPem(String message, Throwable cause) {
      super(message, cause);
    }

    BadPem(String message) {
      super(message);
    }
  }

  public static List<X509Certificate> certificates(String text) throws BadPem {
    try {
      List<X509Certificate> chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (chain.isEmpty()) {
        throw new BadPem("no certificate found");
      }
      return chain;
    } catch (CertificateException e) {
      throw new BadPem("not a certificate in PEM form", e);
    }
  }

  public static PrivateKey privateKey(String text) throws BadPem {
    try (PEMParser parser = new PEMParser(new StringReader(text))) {
      for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
        if (part instanceof PEMKeyPair pair) {
          return key(pair.getPrivateKeyInfo());
        }
        if (part instanceof PrivateKeyInfo info) {
          return key(info);
        }
      }
      throw new BadPem("no private key found (an encrypted key cannot be used)");
    } catch (IOException e) {
      throw new BadPem("not a private key in PEM form", e);
    }
  }

  private static PrivateKey key(PrivateKeyInfo info) throws IOException, BadPem {
    var algorithm = info.getPrivateKeyAlgorithm().getAlgorithm();
    String name;
    if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      name = "EC";
    } else if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      name = "RSA";
    } else if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
      name = "EdDSA";
    } else {
      throw new BadPem("a private key must be EC, RSA or Ed25519");
    }
    try {
      return KeyFactory.getInstance(name)
          .generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new BadPem("the private key cannot be used", e);
    }
  }

  public static SiteCertificate siteCertificate(String serverName, String chain, String key)
      throws BadPem {
    var certificate = new SiteCertificate(serverName, privateKey(key), certificates(chain));
    if (!ProvenNames.prove(certificate.leaf(), serverName)) {
      throw new BadPem("the certificate does not name " + serverName + " as a subjectAltName");
    }
    return certificate;
  }

  static String write(Object keyOrCertificate) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(keyOrCertificate);
    }
    return text.toString();
  }
}
