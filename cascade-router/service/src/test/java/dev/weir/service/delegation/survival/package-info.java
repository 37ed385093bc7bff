/**
 * Delegated leaves through every fault, with real processes: packaged routers that share a real
 * PostgreSQL, real LiveKit servers, participants with real media connections. Only the homeservers
 * are fakes, because they must count. Faults come in; nobody who is in a call may leave it.
 */
@NullMarked
package dev.weir.service.delegation.survival;

import org.jspecify.annotations.NullMarked;
