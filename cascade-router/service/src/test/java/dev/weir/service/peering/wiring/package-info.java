/** What replicas share about peering, on real members of the shared memory. */
@NullMarked
package dev.weir.service.peering.wiring;

import org.jspecify.annotations.NullMarked;
