package dev.weir.e2e.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Makes every secret of a run, and remembers it, so that the end of the run can look for each of
 * them in all logs.
 */
public final class Secrets {
  private final SecureRandom random = new SecureRandom();
  private final Map<String, String> known = new LinkedHashMap<>();

  /** A new secret; the name says what it is when it turns up where it must not. */
  public String create(String name) {
    byte[] bytes = new byte[24];
    random.nextBytes(bytes);
    return remember(name, HexFormat.of().formatHex(bytes));
  }

  /** A secret that somebody else made: an access token, a JWT. */
  public synchronized String remember(String name, String secret) {
    known.put(secret, name);
    return secret;
  }

  /** Secret to its name. */
  public synchronized Map<String, String> known() {
    return Map.copyOf(known);
  }

  /**
   * For the search in all logs at the end of a test run; a run of a person removes the whole
   * folder.
   */
  public void writeTo(Path folder) {
    StringBuilder text = new StringBuilder();
    known().forEach((secret, name) -> text.append(name).append('\t').append(secret).append('\n'));
    writePrivately(folder.resolve("secrets.tsv"), text.toString());
  }

  /** A file that only its owner reads. */
  public static Path writePrivately(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
      Files.deleteIfExists(file);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      return Files.writeString(file, text, StandardOpenOption.TRUNCATE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
