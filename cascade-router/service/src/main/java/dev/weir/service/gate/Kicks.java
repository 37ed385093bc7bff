package dev.weir.service.gate;

/** Which removals are ours: the only ones that end a session. Bound by the service. */
@FunctionalInterface
public interface Kicks {

  boolean ordered(RoomKey room, String identity);
}
