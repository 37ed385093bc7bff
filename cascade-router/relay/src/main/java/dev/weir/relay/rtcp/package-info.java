/**
 * RTCP packets (RFC 3550, 4585, 5104, REMB) read within bounds and written without allocation.
 *
 * <p>Plain compound packets come in and leave as calls to a visitor. Unknown packet types are
 * skipped, never passed on.
 */
@NullMarked
package dev.weir.relay.rtcp;

import org.jspecify.annotations.NullMarked;
