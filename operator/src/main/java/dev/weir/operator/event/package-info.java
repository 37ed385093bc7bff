/**
 * Tells people what happened, as Kubernetes events with a typed reason.
 *
 * <p>In come happenings from the reconcilers; repeats within a time are counted and not sent.
 *
 * <p>Events are never read back: nothing decides by them.
 */
@NullMarked
package dev.weir.operator.event;

import org.jspecify.annotations.NullMarked;
