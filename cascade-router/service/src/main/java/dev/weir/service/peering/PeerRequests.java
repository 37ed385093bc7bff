package dev.weir.service.peering;

import dev.weir.peering.v1.AdmitRequest;
import dev.weir.peering.v1.AdmitResponse;
import dev.weir.peering.v1.CloseLegRequest;
import dev.weir.peering.v1.DelegateRequest;
import dev.weir.peering.v1.LegGrant;
import dev.weir.peering.v1.OpenLegRequest;
import dev.weir.peering.v1.RenewLegRequest;
import dev.weir.peering.v1.TakeInRequest;

/**
 * What our sites answer to a proven partner. Every method may throw {@link PeerRefusal}; the
 * caller's agreement is in force when it is called, and nothing in the message has been checked
 * yet.
 */
public interface PeerRequests {
  AdmitResponse admit(Agreement agreement, AdmitRequest request) throws PeerRefusal;

  /** Serves a user of the partner directly, because the partner cannot bring our media. */
  AdmitResponse takeIn(Agreement agreement, TakeInRequest request) throws PeerRefusal;

  LegGrant openLeg(Agreement agreement, OpenLegRequest request) throws PeerRefusal;

  LegGrant renewLeg(Agreement agreement, RenewLegRequest request) throws PeerRefusal;

  void closeLeg(Agreement agreement, CloseLegRequest request) throws PeerRefusal;

  /** True when the delayed leave is stored and will be kept alive by us. */
  boolean delegate(Agreement agreement, DelegateRequest request) throws PeerRefusal;
}
