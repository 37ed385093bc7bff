@NullMarked
package dev.weir.operator.roll;

import org.jspecify.annotations.NullMarked;
