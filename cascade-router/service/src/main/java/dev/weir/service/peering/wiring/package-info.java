/**
 * Binds peering and the legs to the rest of the router: configuration in, tokens, rooms and slots
 * behind the ports, beans out.
 *
 * <p>In come the configured sites and the beans of the router. No decision is made here: what is
 * allowed is decided in peering, what is relayed in the session core, and nothing here is
 * remembered.
 */
@NullMarked
package dev.weir.service.peering.wiring;

import org.jspecify.annotations.NullMarked;
