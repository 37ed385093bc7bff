/** Behaviour of the room of the same name, seen from outside. */
@NullMarked
package dev.weir.service.delegation.cluster;

import org.jspecify.annotations.NullMarked;
