@NullMarked
package dev.weir.service.config.kubernetes;

import org.jspecify.annotations.NullMarked;
