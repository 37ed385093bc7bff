/**
 * Keeps a SfuPool: observe, resolve, model, apply, roll, report.
 *
 * <p>In come the pool and the caches of its objects.
 *
 * <p>The decisions are in the pure rooms beside this one; here they are only put in order and
 * carried out.
 */
@NullMarked
package dev.weir.operator.pool;

import org.jspecify.annotations.NullMarked;
