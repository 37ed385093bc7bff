/**
 * Moving rooms between nodes, as decisions: what the next step of a move is, which move may start,
 * whether a node is dead, and whose word about a room still counts. In come events, times and
 * reports; out come actions that the gate carries out. Nothing here talks, waits or reads a clock.
 */
@NullMarked
package dev.weir.session.move;

import org.jspecify.annotations.NullMarked;
