/**
 * A small world for the properties of sessions: sites, a lossy network, LiveKit rooms and clients
 * that know nothing of the planner. Seeds and steps come in, broken properties go out. No real
 * server is ever here.
 */
@NullMarked
package dev.weir.session.world;

import org.jspecify.annotations.NullMarked;
