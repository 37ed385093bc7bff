package dev.weir.operator.pool;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the pool refers to.
 *
 * @param problem what is missing, in the admin's words; null when nothing is
 * @param reason the problem in one word
 * @param addresses null for nodes that the operator does not run
 */
record Resolution(
    @Nullable String problem,
    String reason,
    String keySecret,
    List<String> keyNames,
    @Nullable AddressBook addresses) {
  Resolution {
    keyNames = List.copyOf(keyNames);
  }
}
