/**
 * The jobs of the token service that a drop-in router replaces, as that service keeps them in
 * Redis: taken over at the start, and kept there beside our own store, so that an admin can switch
 * both ways. Jobs come in and go out as that service writes them; nothing else of Redis is used.
 */
@NullMarked
package dev.weir.service.delegation.redis;

import org.jspecify.annotations.NullMarked;
