/**
 * The live state that all replicas share: slots, rooms with their places, expectations of tokens
 * that were given out, reports of nodes. Events of nodes, peers and clients come in and pass the
 * session core; changes go out to every replica. Nothing here decides about media or speaks HTTP,
 * and nothing here is the only copy of anything that the nodes do not know too.
 */
@NullMarked
package dev.weir.service.slots;

import org.jspecify.annotations.NullMarked;
