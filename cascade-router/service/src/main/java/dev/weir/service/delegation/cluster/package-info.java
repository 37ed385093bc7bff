/**
 * Shares jobs between replicas: who runs which member's jobs, what the next one needs to go on, and
 * news that all of them must hear. Text comes in and goes out; losing a message here never loses a
 * job, because the table and the SFUs tell the same. Decisions never come in.
 */
@NullMarked
package dev.weir.service.delegation.cluster;

import org.jspecify.annotations.NullMarked;
