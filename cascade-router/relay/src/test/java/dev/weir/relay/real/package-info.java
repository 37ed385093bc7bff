/** The relay between livekit-server processes, with synthetic members and viewers. */
@NullMarked
package dev.weir.relay.real;

import org.jspecify.annotations.NullMarked;
