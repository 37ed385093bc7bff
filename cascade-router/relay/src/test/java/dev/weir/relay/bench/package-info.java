/**
 * The relay's benches: what a packet costs, beside what it costs a livekit-server in the same run.
 *
 * <p>Durations and counts come in as options; figures leave as a table and as JSON. Nothing here is
 * part of the product.
 */
@NullMarked
package dev.weir.relay.bench;

import org.jspecify.annotations.NullMarked;
