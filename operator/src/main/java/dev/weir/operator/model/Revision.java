package dev.weir.operator.model;

import dev.weir.crds.SfuPoolSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names what a node runs with. A node of another revision is rolled.
 *
 * <p>Made from what an admin or a key rotation changes, not from the pod template: an operator that
 * writes its templates a little differently after an upgrade must not roll every pool in the world.
 */
final class Revision {
  private Revision() {}

  static String of(
      String image,
      String commonConfig,
      List<String> keyNames,
      Object exposure,
      SfuPoolSpec.@Nullable Template template) {
    return Canonical.hash(
        String.join(
            "\0",
            image,
            commonConfig,
            String.join(",", keyNames),
            Canonical.json(exposure),
            template == null ? "" : Canonical.json(template)));
  }
}
