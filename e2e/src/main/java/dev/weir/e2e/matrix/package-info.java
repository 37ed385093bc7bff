/**
 * The few client-server calls with which a run makes users and rooms and looks at the members of a
 * call. What comes in is a homeserver's address. Calls themselves are made by Element Call, never
 * here.
 */
@NullMarked
package dev.weir.e2e.matrix;

import org.jspecify.annotations.NullMarked;
