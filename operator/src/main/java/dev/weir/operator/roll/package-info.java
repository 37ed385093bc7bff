/**
 * Decides which node of a pool is emptied and stopped next, and what to do for it now.
 *
 * <p>In comes a picture of the pool: what should be, what is, and what the router says about each
 * node; out go steps.
 *
 * <p>Nothing here asks a server or writes anything, and time only comes in as a value.
 */
@NullMarked
package dev.weir.operator.roll;

import org.jspecify.annotations.NullMarked;
