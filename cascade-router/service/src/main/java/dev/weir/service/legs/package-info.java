/**
 * Turns the plan of every slot into running legs: grants from the origins, tokens for our own
 * nodes, leases for relayed identities, and one relay engine that is told what should be true.
 *
 * <p>In come changes of slots, grants of origins and the states of legs. Never does this room
 * decide whose media goes where (the planner does), and never does a relayed identity enter a room
 * without a lease.
 */
@NullMarked
package dev.weir.service.legs;

import org.jspecify.annotations.NullMarked;
