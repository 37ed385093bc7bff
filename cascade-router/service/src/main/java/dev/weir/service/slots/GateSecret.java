package dev.weir.service.slots;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryMergedListener;
import dev.weir.service.config.RouterSettings;
import dev.weir.service.sfu.SigningKey;
import dev.weir.session.Site;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret that client-facing keys are derived from. It survives restarts in a file.
 *
 * <p>Replicas that were not given the same file may begin apart, each with a secret of its own. So
 * every replica accepts what any of them has signed, and all of them sign with the same one: the
 * lowest that is known.
 */
@Singleton
public final class GateSecret {
  private static final int BYTES = 32;

  private final IMap<String, byte[]> shared;

  /** By their fingerprints; only ever grows. */
  private final ConcurrentSkipListMap<String, Secret> known = new ConcurrentSkipListMap<>();

  /** One secret, with the keys that were derived from it so far. */
  private static final class Secret {
    private final byte[] bytes;
    private final Map<Site, SigningKey> keys = new ConcurrentHashMap<>();

    Secret(byte[] bytes) {
      this.bytes = bytes;
    }
  }

  @Inject
  GateSecret(RouterSettings settings, HazelcastInstance hazelcast, Upheavals upheavals) {
    this(
        settings
            .gateSecretFile()
            .map(GateSecret::readGiven)
            .or(() -> settings.dropInKey().map(GateSecret::derived))
            .orElseGet(() -> readOrMake(settings.dataDir().resolve("gate-secret"))),
        hazelcast,
        upheavals);
  }

  GateSecret(byte[] mine, HazelcastInstance hazelcast, Upheavals upheavals) {
    this.shared = hazelcast.getMap("weir.secrets");
    shared.addEntryListener(
        (EntryAddedListener<String, byte[]>) event -> know(event.getValue()), true);
    shared.addEntryListener(
        (EntryMergedListener<String, byte[]>) event -> know(event.getValue()), true);
    know(mine);
    shared.set(fingerprint(mine), mine);
    readAgain();
    upheavals.onDoubt(this::readAgain);
  }

  private void readAgain() {
    shared.values().forEach(this::know);
  }

  private void know(byte[] secret) {
    known.putIfAbsent(fingerprint(secret), new Secret(secret));
  }

  private static String fingerprint(byte[] secret) {
    return base64(mac(secret, "weir.gate.fingerprint.v1"));
  }

  /** The key that signs the tokens of a site's clients. */
  public SigningKey keyOf(Site site) {
    return key(known.firstEntry().getValue(), site);
  }

  /** All keys that tokens of a site's clients may be signed with. */
  public List<SigningKey> keysOf(Site site) {
    return known.values().stream().map(secret -> key(secret, site)).toList();
  }

  private static SigningKey key(Secret secret, Site site) {
    return secret.keys.computeIfAbsent(
        site,
        any -> {
          String id = base64(mac(secret.bytes, "weir.gate.id.v1\n" + site.name()));
          return new SigningKey(
              "weir" + id.substring(0, 12),
              base64(mac(secret.bytes, "weir.gate.key.v1\n" + site.name())));
        });
  }

  /** An authentication code that only this deployment can make. */
  byte[] mac(String text) {
    return mac(known.firstEntry().getValue().bytes, text);
  }

  /** Whether a replica of this deployment made the code. */
  boolean isMac(byte[] code, String text) {
    return known.values().stream()
        .anyMatch(secret -> MessageDigest.isEqual(code, mac(secret.bytes, text)));
  }

  private static byte[] mac(byte[] secret, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
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
