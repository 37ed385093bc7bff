package dev.weir.session.admission;

import dev.weir.session.Member;
import dev.weir.session.Site;
import dev.weir.session.SlotId;

/**
 * A token request.
 *
 * @param focus the site that was asked
 * @param home site of the user's server name
 * @param delegates a delayed leave came with it
 */
public record Request(
    Endpoint endpoint, SlotId slot, Member member, Site focus, Site home, boolean delegates) {}
