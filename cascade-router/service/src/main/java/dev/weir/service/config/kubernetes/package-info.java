/**
 * The configuration of a router in Kubernetes: the same resources as in a directory, from the API
 * server.
 *
 * <p>In come watched resources and the Secrets that they name; out goes a new snapshot whenever
 * something that matters has changed.
 *
 * <p>Nothing is ever written to the API server here, and while it is away the last snapshot stays
 * in force.
 */
@NullMarked
package dev.weir.service.config.kubernetes;

import org.jspecify.annotations.NullMarked;
