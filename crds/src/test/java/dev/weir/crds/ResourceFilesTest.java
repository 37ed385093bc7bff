package dev.weir.crds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.CustomResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResourceFilesTest {
  private static final String SITE =
      """
      apiVersion: weir.dev/v1alpha1
      kind: Homeserver
      metadata: {name: a}
      spec: {serverName: a.example, publicUrl: "https://rtc.a.example"}
      """;
  private static final String POOL =
      """
      apiVersion: weir.dev/v1alpha1
      kind: SfuPool
      metadata: {name: main}
      spec:
        homeserverRef: {name: a}
        nodes: [{name: one, url: "ws://127.0.0.1:7880"}]
        keys: {secretRef: {name: livekit}}
      """;

  private final ResourceFiles files = new ResourceFiles();

  @Test
  void readsAllDocumentsOfAllFilesInOrder(@TempDir Path directory) throws IOException {
    Files.writeString(directory.resolve("20-pool.yml"), POOL);
    Files.writeString(
        directory.resolve("10-site.yaml"), SITE + "---\n" + SITE.replace("name: a}", "name: b}"));
    Files.writeString(directory.resolve("notes.txt"), "not a resource");
    assertThat(files.readDirectory(directory))
        .extracting(resource -> resource.getKind() + "/" + resource.getMetadata().getName())
        .containsExactly("Homeserver/a", "Homeserver/b", "SfuPool/main");
  }

  @Test
  void fillsInDefaults() {
    CustomResource<?, ?> pool = files.read(POOL, "pool.yaml").get(0);
    assertThat(pool).isInstanceOf(SfuPool.class);
    SfuPoolSpec spec = ((SfuPool) pool).getSpec();
    assertThat(spec.limits().participantsPerNode()).isEqualTo(500);
    assertThat(spec.drain().deadline()).isEqualTo("4h");
    assertThat(spec.nodes()).containsExactly(new SfuPoolSpec.Node("one", "ws://127.0.0.1:7880"));
  }

  @Test
  void refusesAnUnknownFieldAndSaysWhereAndWhatIsKnown() {
    assertThatThrownBy(() -> files.read(SITE + "---\n" + POOL.replace("url:", "uri:"), "pool.yaml"))
        .isInstanceOf(ResourceFiles.InvalidResourceException.class)
        .hasMessage(
            "pool.yaml, document 2: SfuPool main: unknown field spec.nodes[0].uri; known here: name, url");
  }

  @Test
  void refusesAnUnknownFieldAtTheTop() {
    assertThatThrownBy(() -> files.read(SITE + "sepc: {}\n", "site.yaml"))
        .hasMessageStartingWith(
            "site.yaml, document 1: Homeserver a: unknown field sepc; known here: apiVersion, kind, metadata");
  }

  @Test
  void refusesOtherKindsAndVersions() {
    assertThatThrownBy(() -> files.read(SITE.replace("Homeserver", "Homserver"), "x"))
        .hasMessage(
            "x, document 1: kind is 'Homserver', expected one of Homeserver, SfuPool, SfuPeer");
    assertThatThrownBy(() -> files.read(SITE.replace("v1alpha1", "v1"), "x"))
        .hasMessage("x, document 1: apiVersion is 'weir.dev/v1', expected weir.dev/v1alpha1");
  }

  @Test
  void refusesAValueOutsideItsEnumeration() {
    assertThatThrownBy(
            () -> files.read(SITE.replace("spec: {", "spec: {access: {restricted: Maybe}, "), "x"))
        .hasMessageContaining("Maybe")
        .hasMessageContaining("Subscribe");
  }

  @Test
  void saysWhatIsNotYaml() {
    assertThatThrownBy(() -> files.read("a: [", "broken.yaml"))
        .hasMessageStartingWith("broken.yaml: not YAML: ");
  }

  @Test
  void skipsEmptyDocuments() {
    assertThat(files.read("---\n---\n" + SITE, "x")).hasSize(1);
  }
}
