/**
 * Reports on a SfuPeer what the routers found out about the partner.
 *
 * <p>In come the SfuPeer and the routers' answers.
 *
 * <p>Nothing is written here but the status.
 */
@NullMarked
package dev.weir.operator.peer;

import org.jspecify.annotations.NullMarked;
