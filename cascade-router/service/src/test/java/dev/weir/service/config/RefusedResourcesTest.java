package dev.weir.service.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.crds.ResourceFiles;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What an admin of Kubernetes learns of a resource that the router cannot work with. */
class RefusedResourcesTest {
  private static final String HOME =
      """
      apiVersion: weir.dev/v1alpha1
      kind: Homeserver
      metadata: {name: home, namespace: weir}
      spec: {serverName: example.org, publicUrl: "%s"}
      """;

  private static final String POOL =
      """
      ---
      apiVersion: weir.dev/v1alpha1
      kind: SfuPool
      metadata: {name: home, namespace: weir}
      spec:
        homeserverRef: {name: home}
        nodes: [{name: one, url: "ws://sfu:7880"}]
        keys: {secretRef: {name: keys}}
      """;

  @Test
  void aPoolWithoutItsKeysIsRefusedByItselfAndTheSiteWorks() {
    Sites sites = assembled(HOME.formatted("https://rtc.example.org") + POOL, Map.of());

    assertThat(sites.all()).hasSize(1);
    assertThat(sites.refused())
        .containsExactly(
            new Refused("SfuPool", new ResourceId("weir", "home"), 0, "there is no Secret keys"));
  }

  @Test
  void aPoolOfARefusedHomeserverSaysThatItsHomeserverIsTheTrouble() {
    Sites sites =
        assembled(
            HOME.formatted("rtc.example.org") + POOL,
            Map.of("keys", Map.of("keys.yaml", "a: 0123456789abcdef0123456789abcdef\n")));

    assertThat(sites.all()).isEmpty();
    assertThat(sites.refused()).extracting(Refused::kind).containsExactly("Homeserver", "SfuPool");
    assertThat(sites.refused().get(0).problem()).contains("publicUrl").contains("rtc.example.org");
    assertThat(sites.refused().get(1).problem())
        .isEqualTo("Homeserver home does not work: " + sites.refused().get(0).problem());
  }

  private static Sites assembled(String text, Map<String, Map<String, String>> secrets) {
    return SitesAssembler.assemble(
            new ResourceFiles().read(text, "test"),
            new Secrets() {
              @Override
              public Optional<Map<String, String>> secret(String namespace, String name) {
                return Optional.ofNullable(secrets.get(name));
              }

              @Override
              public Optional<Map<String, String>> configMap(String namespace, String name) {
                return Optional.empty();
              }
            })
        .sites();
  }
}
