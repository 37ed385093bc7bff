/** Behaviour of the room of the same name, seen from outside. */
@NullMarked
package dev.weir.service.delegation.homeserver;

import org.jspecify.annotations.NullMarked;
