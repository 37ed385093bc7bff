/**
 * The words of a MatrixRTC session: sites, slots, members, rooms, places, attachments. Everything
 * here is an immutable value with an order that never depends on the order of arrival. Clocks,
 * randomness, networks and frameworks never come in.
 */
@NullMarked
package dev.weir.session;

import org.jspecify.annotations.NullMarked;
