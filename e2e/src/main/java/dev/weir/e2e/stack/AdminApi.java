package dev.weir.e2e.stack;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Asks a router what the operator asks it. Written by hand on HTTP/2, so that this module needs
 * none of the router's own code.
 */
public final class AdminApi {
  private static final char[] NO_PASSWORD = new char[0];

  private final SiteAddress address;
  private final AdminCertificates certificates;

  AdminApi(SiteAddress address, AdminCertificates certificates) {
    this.address = address;
    this.certificates = certificates;
  }

  /** Moves one room off the node that holds it, as {@code weir.admin.v1.Admin/Move}. */
  public void moveRoom(String node, String room) {
    move(node, room);
  }

  /** Moves all rooms off a node. */
  public void emptyNode(String node) {
    move(node, "");
  }

  private void move(String node, String room) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    field(message, 1, "default");
    field(message, 2, address.name());
    field(message, 3, node);
    field(message, 4, room);
    call("Move", message.toByteArray());
  }

  private static void field(ByteArrayOutputStream out, int number, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > 0) {
      out.write(number << 3 | 2);
      out.write(bytes.length);
      out.writeBytes(bytes);
    }
  }

  private void call(String method, byte[] message) {
    byte[] framed = ByteBuffer.allocate(5 + message.length).putInt(1, message.length).array();
    System.arraycopy(message, 0, framed, 5, message.length);
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    "https://"
                        + address.ip()
                        + ":"
                        + address.adminPort()
                        + "/weir.admin.v1.Admin/"
                        + method))
            .timeout(Duration.ofSeconds(10))
            .header("Content-Type", "application/grpc")
            .POST(HttpRequest.BodyPublishers.ofByteArray(framed))
            .build();
    try (HttpClient http =
        HttpClient.newBuilder().sslContext(tls()).version(HttpClient.Version.HTTP_2).build()) {
      HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      // A refusal has no message, and its reason in the headers.
      if (answer.statusCode() != 200 || answer.body().length < 5) {
        throw new IllegalStateException(method + " -> " + answer.headers().map());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private SSLContext tls() throws IOException {
    try {
      KeyStore own = empty();
      own.setKeyEntry(
          "own", key("tls.key"), NO_PASSWORD, new Certificate[] {certificate("tls.crt")});
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(own, NO_PASSWORD);
      KeyStore trusted = empty();
      trusted.setCertificateEntry("ca", certificate("ca.crt"));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("the admin certificates cannot be used", e);
    }
  }

  private static KeyStore empty() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private Certificate certificate(String name) throws IOException, GeneralSecurityException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(file(name))));
  }

  private PrivateKey key(String name) throws IOException, GeneralSecurityException {
    String pem = Files.readString(file(name)).replaceAll("-----[A-Z ]+-----", "");
    byte[] der = Base64.getMimeDecoder().decode(pem);
    return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
  }

  private Path file(String name) {
    return certificates.folder().resolve(name);
  }
}
