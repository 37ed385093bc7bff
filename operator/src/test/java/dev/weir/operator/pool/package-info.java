@NullMarked
package dev.weir.operator.pool;

import org.jspecify.annotations.NullMarked;
