@NullMarked
package dev.weir.operator.keys;

import org.jspecify.annotations.NullMarked;
