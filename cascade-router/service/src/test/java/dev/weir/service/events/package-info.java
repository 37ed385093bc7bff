/** Tests of what homeservers tell, with real shared memory. */
@NullMarked
package dev.weir.service.events;

import org.jspecify.annotations.NullMarked;
