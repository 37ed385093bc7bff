package dev.weir.service.gate;

import java.util.concurrent.CompletionStage;

/** Which removals are ours: the only ones that end a session. Bound by the service. */
@FunctionalInterface
public interface Kicks {

  /** Must not block: an event loop asks. */
  CompletionStage<Boolean> ordered(RoomKey room, String identity);
}
