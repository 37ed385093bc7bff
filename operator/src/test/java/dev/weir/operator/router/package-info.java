@NullMarked
package dev.weir.operator.router;

import org.jspecify.annotations.NullMarked;
