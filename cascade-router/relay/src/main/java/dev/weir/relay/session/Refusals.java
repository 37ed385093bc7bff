package dev.weir.relay.session;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Tells of each thing once that the limits or the guard did not allow; a server that goes on with
 * ever new ones is not listened to for ever.
 */
final class Refusals {
  private static final int MOST = 100;

  private final Set<String> told = new HashSet<>();
  private final Consumer<String> listener;

  Refusals(Consumer<String> listener) {
    this.listener = listener;
  }

  void refuse(String what) {
    if (told.size() < MOST && told.add(what)) {
      listener.accept(what);
    }
  }
}
