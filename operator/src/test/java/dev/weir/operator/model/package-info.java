@NullMarked
package dev.weir.operator.model;

import org.jspecify.annotations.NullMarked;
