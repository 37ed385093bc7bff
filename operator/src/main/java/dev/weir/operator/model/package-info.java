/**
 * What a pool becomes in Kubernetes, as a pure function.
 *
 * <p>In comes a resolved pool with its keys, addresses and the number of replicas that may exist
 * now; out go complete objects to apply.
 *
 * <p>No client, no clock and no randomness live here, so that golden files can hold every case.
 */
@NullMarked
package dev.weir.operator.model;

import org.jspecify.annotations.NullMarked;
