/** How certificates are judged, kept and published. */
@NullMarked
package dev.weir.service.peering.trust;

import org.jspecify.annotations.NullMarked;
