/**
 * Hostile input for everything that reads from the network. Seeds come in and are printed; nothing
 * may throw, hang, or take memory out of proportion to what came.
 */
@NullMarked
package dev.weir.relay.fuzz;

import org.jspecify.annotations.NullMarked;
