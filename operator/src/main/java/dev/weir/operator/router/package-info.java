/**
 * The one way to the routers: what they work with, what their nodes carry, and orders to drain and
 * move.
 *
 * <p>In come host names of router replicas and certificates; answers of all ready replicas are
 * merged into one.
 *
 * <p>No decision is made here, and no other class talks to a router.
 */
@NullMarked
package dev.weir.operator.router;

import org.jspecify.annotations.NullMarked;
