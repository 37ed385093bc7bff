package dev.weir.e2e.stack;

/**
 * A homeserver of this machine whose router and SFUs run somewhere else.
 *
 * @param peering what its router proves itself with to partners
 */
public record HostedSite(SiteAddress address, Synapse synapse, Certificate peering)
    implements HomeSite {}
