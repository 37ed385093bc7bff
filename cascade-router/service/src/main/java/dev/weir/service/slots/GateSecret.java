package dev.weir.service.slots;

import com.hazelcast.core.HazelcastInstance;
import dev.weir.service.config.RouterSettings;
import dev.weir.service.sfu.SigningKey;
import dev.weir.session.Site;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The one secret that client-facing keys are derived from. It survives restarts in a file; replicas
 * that were not given the same file agree on the first one's.
 */
@Singleton
public final class GateSecret {
  private static final int BYTES = 32;

  private final byte[] secret;
  private final ConcurrentHashMap<Site, SigningKey> keys = new ConcurrentHashMap<>();

  GateSecret(RouterSettings settings, HazelcastInstance hazelcast) {
    byte[] mine =
        settings
            .gateSecretFile()
            .map(GateSecret::readGiven)
            .or(() -> settings.dropInKey().map(GateSecret::derived))
            .orElseGet(() -> readOrMake(settings.dataDir().resolve("gate-secret")));
    byte[] first = hazelcast.<String, byte[]>getMap("weir.secret").putIfAbsent("gate", mine);
    this.secret = first == null ? mine : first;
  }

  /** The key that signs the tokens of a site's clients. */
  public SigningKey keyOf(Site site) {
    return keys.computeIfAbsent(
        site,
        any -> {
          String id = base64(mac("weir.gate.id.v1\n" + site.name())).substring(0, 12);
          return new SigningKey("weir" + id, base64(mac("weir.gate.key.v1\n" + site.name())));
        });
  }

  /** An authentication code that only this deployment can make. */
  byte[] mac(String text) {
    return mac(secret, text);
  }

  private static byte[] mac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static byte[] readGiven(Path file) {
    try {
      byte[] bytes = Files.readString(file).strip().getBytes(StandardCharsets.UTF_8);
      if (bytes.length < BYTES) {
        throw new IllegalStateException(
            "the gate secret in " + file + " needs at least " + BYTES + " characters");
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the gate secret " + file, e);
    }
  }

  /** A drop-in router keeps no files: all replicas have the node's key, and nobody else. */
  private static byte[] derived(SigningKey key) {
    return mac(key.secret().getBytes(StandardCharsets.UTF_8), "weir.gate.drop-in.v1");
  }

  /**
   * Written aside and linked to its name: whoever reads the file reads all of it, and of several
   * processes that make it at once one wins.
   */
  static byte[] readOrMake(Path file) {
    try {
      if (!Files.exists(file)) {
        make(file);
      }
      byte[] read = Base64.getDecoder().decode(Files.readString(file).strip());
      if (read.length < BYTES) {
        throw new IllegalStateException("the gate secret in " + file + " is damaged");
      }
      return read;
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException("the gate secret in " + file + " is damaged", e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the gate secret in " + file, e);
    }
  }

  private static void make(Path file) throws IOException {
    byte[] made = new byte[BYTES];
    new SecureRandom().nextBytes(made);
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException("no folder");
    }
    Files.createDirectories(folder);
    Path aside =
        Files.createTempFile(
            folder,
            "gate-secret",
            ".new",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(aside, Base64.getEncoder().encodeToString(made));
      Files.createLink(file, aside);
    } catch (FileAlreadyExistsException e) {
      // Another process was first: its secret counts.
      return;
    } finally {
      Files.deleteIfExists(aside);
    }
  }
}
