package dev.weir.service.gate;

/**
 * One handshake of a verified client, from its start on.
 *
 * @param order rises with every handshake that this gate sees: of two with one identity the higher
 *     is the newer
 * @param settling whether a JavaScript client joins again without having been loaded anew: {@link
 *     Greeting}
 */
record Arrival(long order, Admission who, boolean settling) {}
