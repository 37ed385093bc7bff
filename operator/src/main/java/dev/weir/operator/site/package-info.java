/**
 * Keeps a Homeserver: its peering certificate, its documents to publish and its status.
 *
 * <p>In come the Homeserver, what refers to it, and the router's counts.
 *
 * <p>Media servers are the pools' matter.
 */
@NullMarked
package dev.weir.operator.site;

import org.jspecify.annotations.NullMarked;
