@NullMarked
package dev.weir.operator.apply;

import org.jspecify.annotations.NullMarked;
