package dev.weir.relay;

import java.net.InetAddress;

/**
 * Which addresses a peer may make this process send packets to: its signalling host, and its ICE
 * candidates.
 */
@FunctionalInterface
public interface AddressGuard {
  boolean allows(InetAddress address);
}
