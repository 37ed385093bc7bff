@NullMarked
package dev.weir.operator.site;

import org.jspecify.annotations.NullMarked;
