/** The shared memory of replicas, on real members of a cluster in one process. */
@NullMarked
package dev.weir.service.slots;

import org.jspecify.annotations.NullMarked;
