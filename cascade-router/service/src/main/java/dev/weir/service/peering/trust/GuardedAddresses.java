package dev.weir.service.peering.trust;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Resolves an endpoint that somebody else named, and keeps only addresses that we may dial. The
 * addresses themselves are dialled afterwards, never the name again. What our own admin named may
 * be anywhere.
 */
@FunctionalInterface
public interface GuardedAddresses {
  List<InetSocketAddress> resolve(PeeringEndpoint endpoint, boolean namedByAdmin)
      throws IOException;
}
