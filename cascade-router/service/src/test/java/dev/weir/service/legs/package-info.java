/** Two sites with the real slot machine, planner and peering, and an engine that only remembers. */
@NullMarked
package dev.weir.service.legs;

import org.jspecify.annotations.NullMarked;
