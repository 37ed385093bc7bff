package dev.weir.service.peering.trust;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Certificates for sites whose admin named none: one key per site, kept in the data directory, and
 * short-lived certificates issued for it anew, so that the published key never changes by itself.
 */
public final class SelfMadeCertificates {
  static final Duration LIFETIME = Duration.ofDays(90);
  static final Duration RENEW_BEFORE = Duration.ofDays(30);
  private static final Duration BACKDATE = Duration.ofHours(1);

  private final Path directory;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Map<String, SiteCertificate> issued = new ConcurrentHashMap<>();

  public SelfMadeCertificates(Path directory, InstantSource clock, SecureRandom random) {
    this.directory = directory;
    this.clock = clock;
    this.random = random;
  }

  /** The certificate of this site, made or renewed when needed. */
  public synchronized SiteCertificate of(String serverName) throws IOException {
    SiteCertificate known = issued.get(serverName);
    if (known != null && clock.instant().isBefore(known.notAfter().minus(RENEW_BEFORE))) {
      return known;
    }
    try {
      SiteCertificate fresh = issue(serverName, keyOf(serverName));
      issued.put(serverName, fresh);
      return fresh;
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("no certificate could be made for " + serverName, e);
    }
  }

  private SiteCertificate issue(String serverName, KeyPair keys)
      throws GeneralSecurityException, OperatorCreationException, IOException {
    Instant now = clock.instant();
    var name = new X500Principal("CN=weir-peering");
    String host = ProvenNames.hostOf(serverName);
    List<GeneralName> names = new ArrayList<>();
    names.add(
        new GeneralName(
            ProvenNames.isAddress(host) ? GeneralName.iPAddress : GeneralName.dNSName, host));
    names.add(
        new GeneralName(
            GeneralName.uniformResourceIdentifier, ProvenNames.URI_SCHEME + serverName));
    var builder =
        new JcaX509v3CertificateBuilder(
            name,
            new BigInteger(Long.SIZE * 2 - 1, random),
            Date.from(now.minus(BACKDATE)),
            Date.from(now.plus(LIFETIME)),
            name,
            keys.getPublic());
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(names.toArray(GeneralName[]::new)));
    builder.addExtension(
        Extension.extendedKeyUsage,
        false,
        new ExtendedKeyUsage(
            new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
    X509Certificate certificate =
        new JcaX509CertificateConverter()
            .getCertificate(
                builder.build(
                    new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    return new SiteCertificate(serverName, keys.getPrivate(), List.of(certificate));
  }

  /** Private and public key side by side, as two base64 lines: nobody else reads this file. */
  private KeyPair keyOf(String serverName) throws IOException, GeneralSecurityException {
    Path file = directory.resolve(fileName(serverName));
    if (!Files.exists(file)) {
      Files.createDirectories(directory);
      KeyPair fresh = generate();
      String text =
          Base64.getEncoder().encodeToString(fresh.getPrivate().getEncoded())
              + "\n"
              + Base64.getEncoder().encodeToString(fresh.getPublic().getEncoded())
              + "\n";
      writePrivately(file, text);
    }
    List<String> lines = Files.readAllLines(file, StandardCharsets.US_ASCII);
    KeyFactory keys = KeyFactory.getInstance("EC");
    PrivateKey key =
        keys.generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(lines.get(0))));
    return new KeyPair(
        keys.generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(lines.get(1)))), key);
  }

  private KeyPair generate() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    return generator.generateKeyPair();
  }

  /** A file that is complete or absent: a crash must not leave half a key behind. */
  private static void writePrivately(Path file, String text) throws IOException {
    Path part =
        Files.createTempFile(
            file.toAbsolutePath().getParent(),
            "key",
            ".part",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(part, text, StandardCharsets.US_ASCII);
      // A hard link fails when another replica was first, and then the other's key is the key.
      Files.createLink(file, part);
    } catch (FileAlreadyExistsException e) {
      // The other one won; its file is read by the caller.
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static String fileName(String serverName) {
    String safe = serverName.replaceAll("[^A-Za-z0-9.-]", "_");
    return safe + "-" + HexFormat.of().toHexDigits(serverName.hashCode()) + ".peering.key";
  }
}
