/**
 * Decides what happens to a member's delayed leave event: kept alive while the member is there,
 * sent when it is gone, left alone when nobody can know. Delegations, evidence from SFUs and
 * answers of homeservers come in, with the time; calls to make and questions to ask go out. Clocks,
 * threads, networks and stores never come in, and no silence is ever taken for a leave.
 */
@NullMarked
package dev.weir.session.delegation;

import org.jspecify.annotations.NullMarked;
