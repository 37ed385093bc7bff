/**
 * Conditions and statuses by the conventions of the Gateway API.
 *
 * <p>In come the findings of a reconcile and the status that is stored; out goes the status to
 * store, or nothing when nothing meaningful changed.
 *
 * <p>Nothing here reads or writes the API server.
 */
@NullMarked
package dev.weir.operator.status;

import org.jspecify.annotations.NullMarked;
