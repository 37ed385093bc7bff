/**
 * Calls to homeservers that restart, send or cancel delayed events. What comes in is which event,
 * what to do and where; an answer goes back, as the job machine understands it. Nothing here
 * decides about a member, and no address of a client's choosing is ever called.
 */
@NullMarked
package dev.weir.service.delegation.homeserver;

import org.jspecify.annotations.NullMarked;
