package dev.weir.e2e.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What both ends of a router's admin port show each other. One certificate does for both, as the
 * port asks only who signed it.
 *
 * @param folder with {@code tls.crt}, {@code tls.key} and {@code ca.crt}
 */
record AdminCertificates(Path folder) {

  static AdminCertificates write(
      Path folder, CertificateAuthority authority, Path authorityPem, String ip) {
    Certificate certificate = authority.issue(ip);
    Secrets.writePrivately(folder.resolve("tls.crt"), certificate.certificatePem());
    Secrets.writePrivately(folder.resolve("tls.key"), certificate.keyPem());
    try {
      Secrets.writePrivately(folder.resolve("ca.crt"), Files.readString(authorityPem));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new AdminCertificates(folder);
  }
}
