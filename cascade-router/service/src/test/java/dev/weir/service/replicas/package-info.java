/**
 * Several packaged routers of one site behind a plain balancer, with real LiveKit servers and
 * clients with media. Processes, sockets and clocks are real; only the homeserver is a fake. What
 * happens inside a router never comes in: it is looked at from outside.
 */
@NullMarked
package dev.weir.service.replicas;

import org.jspecify.annotations.NullMarked;
