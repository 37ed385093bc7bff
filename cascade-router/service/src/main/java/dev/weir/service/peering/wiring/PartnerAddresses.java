package dev.weir.service.peering.wiring;

import dev.weir.service.net.AddressGuard;
import dev.weir.service.net.Dns;
import dev.weir.service.peering.trust.GuardedAddresses;
import dev.weir.service.peering.trust.PeeringEndpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** Resolves partners' endpoints, and passes only addresses that the guard permits. */
record PartnerAddresses(Dns dns, AddressGuard guard) implements GuardedAddresses {
  @Override
  public List<InetSocketAddress> resolve(PeeringEndpoint endpoint, boolean namedByAdmin)
      throws IOException {
    List<InetAddress> found = dns.addresses(endpoint.host());
    List<InetSocketAddress> usable =
        found.stream()
            .filter(address -> namedByAdmin || guard.permits(address))
            .map(address -> new InetSocketAddress(address, endpoint.port()))
            .toList();
    if (usable.isEmpty()) {
      throw new IOException(
          found.isEmpty()
              ? endpoint.host() + " has no address"
              : endpoint.host() + " has no public address, and its networks are not allowed here");
    }
    return usable;
  }
}
