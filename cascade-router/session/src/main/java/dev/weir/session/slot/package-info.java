/**
 * The life of one slot at one site: which attachments are there, which of our members are legacy,
 * which records follow from that. Events come in one by one, from webhooks, polls, the gate and
 * peers; the state after each and what to tell whom go out. Nothing here ever waits, sends or looks
 * at a clock.
 */
@NullMarked
package dev.weir.session.slot;

import org.jspecify.annotations.NullMarked;
