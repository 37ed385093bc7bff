/**
 * Two or more federated sites on loopback, each a Synapse, a LiveKit and a router, as real programs
 * with configuration files of their own. What comes in is where the programs are and how many sites
 * are wanted. No browser and no call is known here.
 */
@NullMarked
package dev.weir.e2e.stack;

import org.jspecify.annotations.NullMarked;
