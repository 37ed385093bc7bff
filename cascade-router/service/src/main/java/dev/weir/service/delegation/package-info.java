/**
 * Runs the jobs that keep delayed leaves alive: feeds them evidence and time, makes their calls,
 * keeps them durable, and shares them between replicas. Delegations come in from token requests and
 * peers, evidence from webhooks, polls and the gate. No decision about a member is taken here.
 */
@NullMarked
package dev.weir.service.delegation;

import org.jspecify.annotations.NullMarked;
