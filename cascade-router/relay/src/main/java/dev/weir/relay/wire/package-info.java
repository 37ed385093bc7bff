/**
 * Big-endian numbers in byte arrays, and the maps keyed by them that the hot path needs without
 * boxing.
 *
 * <p>Arrays and offsets that the caller has checked come in. Nothing here allocates per call, and
 * no protocol is known here.
 */
@NullMarked
package dev.weir.relay.wire;

import org.jspecify.annotations.NullMarked;
