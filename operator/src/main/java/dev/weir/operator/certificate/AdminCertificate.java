package dev.weir.operator.certificate;

import dev.weir.operator.model.Names;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import org.jboss.logging.Logger;

/**
 * The certificate by which operator and routers know each other: one that signs itself, held by
 * both sides and trusted by both. Whoever may read the Secret may order drains, so nobody but these
 * two mounts it.
 *
 * <p>Made by the first operator that finds none; routers wait for it, because they mount it. To
 * renew it, delete the Secret and restart both.
 */
public final class AdminCertificate {
  private static final Logger LOG = Logger.getLogger(AdminCertificate.class);

  private AdminCertificate() {}

  /** Writes {@code tls.crt}, {@code tls.key} and {@code ca.crt} into the folder. */
  public static void provide(
      KubernetesClient client, String namespace, String name, String host, Path folder, Instant now)
      throws IOException {
    Secret stored = client.secrets().inNamespace(namespace).withName(name).get();
    Secret secret = stored == null ? make(client, namespace, name, host, now) : stored;
    Files.createDirectories(folder);
    for (String file : new String[] {"tls.crt", "tls.key", "ca.crt"}) {
      String data = Objects.requireNonNull(secret.getData().get(file), file);
      Files.write(folder.resolve(file), Base64.getDecoder().decode(data));
    }
  }

  private static Secret make(
      KubernetesClient client, String namespace, String name, String host, Instant now) {
    SelfMadeCertificate made = SelfMadeCertificate.of(host, now, new SecureRandom());
    String certificate = base64(made.certificate());
    Secret secret =
        new SecretBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace(namespace)
            .withLabels(
                Map.of(Names.MANAGED_BY, Names.FIELD_MANAGER, "app.kubernetes.io/part-of", "weir"))
            .endMetadata()
            .withType("kubernetes.io/tls")
            .withData(
                Map.of(
                    "tls.crt", certificate, "tls.key", base64(made.key()), "ca.crt", certificate))
            .build();
    try {
      client.resource(secret).create();
      LOG.infof("made the admin certificate secret=%s/%s host=%s", namespace, name, host);
      return secret;
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      // Another replica was quicker: its certificate is the one.
      return client.secrets().inNamespace(namespace).withName(name).require();
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
