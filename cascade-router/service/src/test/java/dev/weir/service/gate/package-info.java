/** Tests of the gate: against nodes and clients that are spoken by hand, and against real ones. */
@NullMarked
package dev.weir.service.gate;

import org.jspecify.annotations.NullMarked;
