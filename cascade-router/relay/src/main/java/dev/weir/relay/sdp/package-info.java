/**
 * The little SDP that a bundled connection to LiveKit needs: offers written from media sections,
 * answers read within bounds.
 *
 * <p>Track ids, codecs and answers of a server that may be hostile come in. What an answer says
 * beyond what is read here is ignored, never echoed.
 */
@NullMarked
package dev.weir.relay.sdp;

import org.jspecify.annotations.NullMarked;
