/**
 * Settings, wiring, leader election, health and metrics of the process.
 *
 * <p>In come configuration properties and the clients that Quarkus makes.
 *
 * <p>No reconcile logic lives here.
 */
@NullMarked
package dev.weir.operator.run;

import org.jspecify.annotations.NullMarked;
