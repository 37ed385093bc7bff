/**
 * Event loops: one thread, one selector, its sockets, its timers and the tasks that others hand to
 * it.
 *
 * <p>Channels and tasks come in from any thread; everything that is registered runs on the loop's
 * thread alone. Nothing that blocks ever runs here.
 */
@NullMarked
package dev.weir.relay.loop;

import org.jspecify.annotations.NullMarked;
