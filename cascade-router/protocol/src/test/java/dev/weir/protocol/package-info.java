/** Holds the wire protocol against what was ever released. */
@NullMarked
package dev.weir.protocol;

import org.jspecify.annotations.NullMarked;
