/**
 * What a homeserver tells its application service about calls. Matrix events come in, junk too;
 * slots learn how clients pick their focus and which slots are closed, and {@code explain} what the
 * members' events say. Nobody's events are needed for a call to work, and no event ever attaches or
 * removes anybody.
 */
@NullMarked
package dev.weir.service.events;

import org.jspecify.annotations.NullMarked;
