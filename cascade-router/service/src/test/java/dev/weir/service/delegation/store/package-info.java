/** Behaviour of the room of the same name, seen from outside. */
@NullMarked
package dev.weir.service.delegation.store;

import org.jspecify.annotations.NullMarked;
