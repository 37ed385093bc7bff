package dev.weir.crds;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Committed files that come from the Java types. {@code -Dweir.regenerate=true} writes them anew.
 */
class GeneratedFilesTest {
  private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

  @ParameterizedTest
  @ValueSource(strings = {"homeservers", "sfupools", "sfupeers"})
  void theCommittedDefinitionIsTheOneTheTypesGive(String plural) throws IOException {
    same(
        REPOSITORY.resolve("crds/generated/" + plural + ".weir.dev.yaml"),
        CrdYaml.of(plural).text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"homeservers", "sfupools", "sfupeers"})
  void theChartCarriesTheSameDefinition(String plural) throws IOException {
    String metadata = "metadata:\n  name: " + plural + ".weir.dev\n";
    String text = CrdYaml.of(plural).text();
    assertThat(text).contains(metadata);
    same(
        REPOSITORY.resolve("charts/weir/templates/crds/" + plural + ".yaml"),
        "{{- if .Values.crds.enabled }}\n"
            + text.replace("{{", "{{ \"{{\" }}")
                .replace(
                    metadata,
                    metadata
                        + "  labels:\n    {{- include \"weir.labels\" . | nindent 4 }}\n"
                        + "  {{- if .Values.crds.keep }}\n"
                        + "  annotations:\n    helm.sh/resource-policy: keep\n  {{- end }}\n")
            + "{{- end }}\n");
  }

  @Test
  void theReferencePageDescribesEveryField() throws IOException {
    same(REPOSITORY.resolve("docs/reference/crds.md"), ReferencePage.text());
  }

  private static void same(Path file, String expected) throws IOException {
    if (Boolean.getBoolean("weir.regenerate")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, expected);
    }
    assertThat(file)
        .as("run: mvn -pl crds test -Dtest=GeneratedFilesTest -Dweir.regenerate=true")
        .hasContent(expected);
  }
}
