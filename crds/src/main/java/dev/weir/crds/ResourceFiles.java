package dev.weir.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.fabric8.kubernetes.client.CustomResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads Weir's resources from YAML files, for a router that runs without Kubernetes.
 *
 * <p>There is no API server here that would prune or refuse unknown fields, and a misspelt field
 * must not be silently ignored: every unknown field is an error that says where it is and what is
 * allowed there.
 */
public final class ResourceFiles {
  private static final List<Class<? extends CustomResource<?, ?>>> KINDS =
      List.of(Homeserver.class, SfuPool.class, SfuPeer.class);

  /**
   * The records tolerate unknown fields, so that an older operator can read newer objects. Not
   * here.
   */
  private static final class Strict extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    @Override
    public JsonIgnoreProperties.Value findPropertyIgnoralByName(
        MapperConfig<?> config, Annotated annotated) {
      return JsonIgnoreProperties.Value.empty();
    }
  }

  private final ObjectMapper mapper =
      JsonMapper.builder()
          .annotationIntrospector(new Strict())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();
  private final ObjectMapper yaml = new ObjectMapper(new YAMLFactory());

  /** What the admin wrote cannot be used; the message says where and why. */
  public static final class InvalidResourceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidResourceException(String message) {
      super(message);
    }
  }

  /**
   * All resources of the {@code *.yaml}, {@code *.yml} and {@code *.json} files of a folder, in the
   * order of the file names.
   */
  public List<CustomResource<?, ?>> readDirectory(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      List<CustomResource<?, ?>> all = new ArrayList<>();
      for (Path file : files.filter(ResourceFiles::isResourceFile).sorted().toList()) {
        all.addAll(read(Files.readString(file), file.getFileName().toString()));
      }
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the configuration in " + directory, e);
    }
  }

  /**
   * The resources in one text of one or more YAML documents.
   *
   * @param source how to call the text in error messages, for example its file name
   */
  public List<CustomResource<?, ?>> read(String text, String source) {
    List<CustomResource<?, ?>> all = new ArrayList<>();
    int number = 0;
    for (JsonNode document : documents(text, source)) {
      number++;
      if (!document.isNull() && !document.isMissingNode()) {
        all.add(resource(document, source + ", document " + number));
      }
    }
    return all;
  }

  private List<JsonNode> documents(String text, String source) {
    try (YAMLParser parser = new YAMLFactory().createParser(text);
        MappingIterator<JsonNode> documents = yaml.readerFor(JsonNode.class).readValues(parser)) {
      return documents.readAll();
    } catch (IOException e) {
      throw new InvalidResourceException(source + ": not YAML: " + e.getMessage());
    }
  }

  private CustomResource<?, ?> resource(JsonNode document, String where) {
    String apiVersion = document.path("apiVersion").asText();
    String kind = document.path("kind").asText();
    if (!apiVersion.equals(WeirApi.API_VERSION)) {
      throw new InvalidResourceException(
          where + ": apiVersion is '" + apiVersion + "', expected " + WeirApi.API_VERSION);
    }
    Class<? extends CustomResource<?, ?>> type =
        KINDS.stream()
            .filter(candidate -> candidate.getSimpleName().equals(kind))
            .findFirst()
            .orElseThrow(
                () ->
                    new InvalidResourceException(
                        where + ": kind is '" + kind + "', expected one of " + kinds()));
    String name = document.path("metadata").path("name").asText();
    String what = where + ": " + kind + " " + (name.isEmpty() ? "(without metadata.name)" : name);
    if (name.isEmpty()) {
      throw new InvalidResourceException(what);
    }
    if (!document.hasNonNull("spec")) {
      throw new InvalidResourceException(what + ": spec is missing");
    }
    try {
      return mapper.treeToValue(document, type);
    } catch (UnrecognizedPropertyException e) {
      throw new InvalidResourceException(what + ": " + unknownField(e));
    } catch (JsonProcessingException e) {
      throw new InvalidResourceException(what + ": " + e.getOriginalMessage());
    }
  }

  private static String unknownField(UnrecognizedPropertyException e) {
    String path =
        e.getPath().stream()
            .map(
                step ->
                    step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
            .collect(Collectors.joining("."))
            .replace(".[", "[");
    String known =
        Objects.requireNonNullElse(e.getKnownPropertyIds(), List.of()).stream()
            .map(Object::toString)
            .sorted()
            .collect(Collectors.joining(", "));
    return "unknown field " + path + "; known here: " + known;
  }

  private static String kinds() {
    return KINDS.stream().map(Class::getSimpleName).collect(Collectors.joining(", "));
  }

  private static boolean isResourceFile(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return !name.startsWith(".")
        && (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json"));
  }
}
