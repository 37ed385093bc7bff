/**
 * The relay plan: whose media goes into which of our rooms. The state of a slot and the caps come
 * in, the set of legs that should be up goes out. No media, no peer and no memory of the last plan
 * ever comes in: the same state always gives the same plan.
 */
@NullMarked
package dev.weir.session.plan;

import org.jspecify.annotations.NullMarked;
