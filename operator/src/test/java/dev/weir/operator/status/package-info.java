@NullMarked
package dev.weir.operator.status;

import org.jspecify.annotations.NullMarked;
