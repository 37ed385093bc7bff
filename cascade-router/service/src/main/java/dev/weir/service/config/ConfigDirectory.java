package dev.weir.service.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.weir.crds.ResourceFiles;
import dev.weir.crds.ResourceFiles.InvalidResourceException;
import io.fabric8.kubernetes.client.CustomResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder of YAML files with the kinds that Kubernetes knows. Secrets and ConfigMaps are documents
 * among them, or folders {@code secrets/NAME} and {@code configmaps/NAME} with a file for each key.
 */
public final class ConfigDirectory {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private final Path directory;
  private final List<CustomResource<?, ?>> resources = new ArrayList<>();
  private final Map<String, Map<String, String>> secrets = new HashMap<>();
  private final Map<String, Map<String, String>> configMaps = new HashMap<>();
  private final List<String> problems = new ArrayList<>();

  private ConfigDirectory(Path directory) {
    this.directory = directory;
  }

  public static Sites read(Path directory) {
    ConfigDirectory reader = new ConfigDirectory(directory);
    reader.readFiles();
    reader.readFolders("secrets", reader.secrets);
    reader.readFolders("configmaps", reader.configMaps);
    if (!reader.problems.isEmpty()) {
      throw new ConfigurationException(reader.problems);
    }
    return SitesAssembler.assemble(reader.resources, reader.asSecrets()).orThrow();
  }

  /** Changes whenever a file that {@link #read} would look at does. */
  static String fingerprint(Path directory) {
    StringBuilder seen = new StringBuilder();
    try (Stream<Path> files = Files.walk(directory, 4)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        seen.append(file)
            .append(' ')
            .append(Files.size(file))
            .append(' ')
            .append(Files.getLastModifiedTime(file).toInstant())
            .append('\n');
      }
    } catch (IOException | UncheckedIOException e) {
      // A file that goes away while we look is a change, which the next look will see whole.
      return "";
    }
    return seen.toString();
  }

  private void readFiles() {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(ConfigDirectory::isResourceFile).sorted().toList()) {
        readFile(file);
      }
    } catch (IOException e) {
      throw new ConfigurationException(
          List.of("the configuration directory " + directory + " cannot be read"));
    }
  }

  private void readFile(Path file) throws IOException {
    String name = String.valueOf(file.getFileName());
    List<JsonNode> documents;
    try (MappingIterator<JsonNode> all =
        YAML.readerFor(JsonNode.class).readValues(Files.readString(file))) {
      documents = all.readAll();
    } catch (IOException e) {
      // The parser's own message would quote the file, and there may be a key in it.
      problems.add(name + ": not YAML");
      return;
    }
    int number = 0;
    for (JsonNode document : documents) {
      number++;
      String where = name + ", document " + number;
      try {
        read(document, where);
      } catch (InvalidResourceException e) {
        problems.add(String.valueOf(e.getMessage()).replace(where + ", document 1", where));
      }
    }
  }

  private void read(JsonNode document, String where) {
    if (document.isNull() || document.isMissingNode()) {
      return;
    }
    if (!"v1".equals(document.path("apiVersion").asText())) {
      resources.addAll(new ResourceFiles().read(document.toString(), where));
      return;
    }
    String name = document.path("metadata").path("name").asText();
    switch (document.path("kind").asText()) {
      case "Secret" -> {
        Map<String, String> values = values(document.path("stringData"));
        values(document.path("data"))
            .forEach((key, value) -> values.putIfAbsent(key, decoded(value, where)));
        secrets.put(name, values);
      }
      case "ConfigMap" -> configMaps.put(name, values(document.path("data")));
      default -> problems.add(where + ": of v1 only Secret and ConfigMap are read");
    }
  }

  private String decoded(String value, String where) {
    try {
      return new String(Base64.getMimeDecoder().decode(value), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      problems.add(where + ": data of a Secret is base64; use stringData for plain text");
      return "";
    }
  }

  private static Map<String, String> values(JsonNode object) {
    Map<String, String> values = new HashMap<>();
    object.properties().forEach(entry -> values.put(entry.getKey(), entry.getValue().asText()));
    return values;
  }

  private void readFolders(String kind, Map<String, Map<String, String>> into) {
    Path parent = directory.resolve(kind);
    if (!Files.isDirectory(parent)) {
      return;
    }
    try (Stream<Path> folders = Files.list(parent)) {
      for (Path folder : folders.filter(Files::isDirectory).toList()) {
        Map<String, String> values = new HashMap<>();
        try (Stream<Path> files = Files.list(folder)) {
          for (Path file : files.filter(Files::isRegularFile).toList()) {
            values.put(String.valueOf(file.getFileName()), Files.readString(file));
          }
        }
        into.put(String.valueOf(folder.getFileName()), values);
      }
    } catch (IOException e) {
      problems.add("the folder " + parent + " cannot be read");
    }
  }

  private Secrets asSecrets() {
    return new Secrets() {
      @Override
      public Optional<Map<String, String>> secret(String namespace, String name) {
        return Optional.ofNullable(secrets.get(name));
      }

      @Override
      public Optional<Map<String, String>> configMap(String namespace, String name) {
        return Optional.ofNullable(configMaps.get(name));
      }
    };
  }

  private static boolean isResourceFile(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return !name.startsWith(".")
        && name.matches(".*\\.(yaml|yml|json)")
        && Files.isRegularFile(file);
  }
}
