/**
 * Puts objects as the model wants them into the cluster by server-side apply, and only when
 * something is missing.
 *
 * <p>In come desired objects and what the caches hold.
 *
 * <p>An object that is as it should be is never written, and fields of others are left alone.
 */
@NullMarked
package dev.weir.operator.apply;

import org.jspecify.annotations.NullMarked;
