/** Tests of how the router's parts are joined. */
@NullMarked
package dev.weir.service.wiring;

import org.jspecify.annotations.NullMarked;
