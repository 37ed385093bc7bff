/**
 * Speaks HTTP with clients, homeservers and nodes: paths, bodies, status codes, error texts, CORS
 * and limits of the token service that clients know. Requests of strangers come in and are read
 * strictly and within bounds; nothing is decided here, and no answer ever says which check failed.
 */
@NullMarked
package dev.weir.service.http;

import org.jspecify.annotations.NullMarked;
