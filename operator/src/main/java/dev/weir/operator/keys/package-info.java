/**
 * The LiveKit API keys of a pool and their rotation: add, roll, promote, let the old one end, roll.
 *
 * <p>In come the keys of a Secret, the time and whether all nodes have them; out goes the ring as
 * it should be.
 *
 * <p>Key material never leaves as text other than the key file, and is never logged.
 */
@NullMarked
package dev.weir.operator.keys;

import org.jspecify.annotations.NullMarked;
