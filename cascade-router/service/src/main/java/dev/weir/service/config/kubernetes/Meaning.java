package dev.weir.service.config.kubernetes;

import dev.weir.crds.SfuPool;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What of the resources a router goes by, as a text that is equal when nothing that matters has
 * changed.
 */
final class Meaning {
  private Meaning() {}

  static String of(List<? extends HasMetadata> resources) {
    return resources.stream().map(Meaning::of).sorted().collect(Collectors.joining("\n"));
  }

  private static String of(HasMetadata resource) {
    String text =
        resource.getKind()
            + '/'
            + resource.getMetadata().getNamespace()
            + '/'
            + resource.getMetadata().getName()
            + ' '
            + resource.getMetadata().getUid()
            + ' '
            + resource.getMetadata().getGeneration();
    return resource instanceof SfuPool pool && pool.getStatus() != null
        ? text
            + pool.getStatus().nodes().stream()
                .map(node -> " " + node.name() + '=' + node.url() + ',' + node.state())
                .collect(Collectors.joining())
        : text;
  }
}
