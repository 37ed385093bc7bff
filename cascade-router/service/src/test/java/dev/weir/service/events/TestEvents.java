package dev.weir.service.events;

import dev.weir.service.slots.TestRouter;

/** The events of a router whose homeserver has said nothing yet. */
public final class TestEvents {
  private TestEvents() {}

  public static RoomEvents of(TestRouter router) {
    return new RoomEvents(
        router.configuration,
        router.slots,
        new ClosedSlots(router.hazelcast),
        new Memory(router.hazelcast),
        router.clock());
  }
}
