/**
 * Keeps jobs where a restart of every replica finds them: one row per delayed event in a table that
 * H2 and PostgreSQL understand. Delegations are written before anybody promises anything; changes
 * follow when the database can take them. Decisions, and the times of single restarts, never come
 * in.
 */
@NullMarked
package dev.weir.service.delegation.store;

import org.jspecify.annotations.NullMarked;
