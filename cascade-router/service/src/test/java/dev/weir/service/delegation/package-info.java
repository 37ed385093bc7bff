/**
 * Shows that delegated leaves survive what can go wrong, with a homeserver that counts. Real
 * processes and databases are started here and killed; the router's own classes come in unchanged.
 */
@NullMarked
package dev.weir.service.delegation;

import org.jspecify.annotations.NullMarked;
