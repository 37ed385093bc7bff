package dev.weir.service.legs;

import dev.weir.peering.v1.PeeringGrpc;
import dev.weir.service.peering.PeerKey;
import java.time.Duration;
import java.util.Optional;

/** Calls to the router of a partner, while there is one that answers. */
@FunctionalInterface
public interface Origins {
  Optional<PeeringGrpc.PeeringBlockingStub> calls(PeerKey key, Duration deadline);
}
