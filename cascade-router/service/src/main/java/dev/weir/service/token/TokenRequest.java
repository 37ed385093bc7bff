package dev.weir.service.token;

import dev.weir.service.openid.OpenIdToken;
import dev.weir.session.SlotId;
import dev.weir.session.admission.Endpoint;
import java.util.Optional;

/**
 * A client asks for a token, or hands over a leave.
 *
 * @param claimedUser who it says it is; empty when the endpoint does not ask
 * @param device empty when the client names only a member id
 * @param memberId empty at the legacy endpoint
 */
public record TokenRequest(
    Endpoint endpoint,
    SlotId slot,
    String claimedUser,
    String device,
    String memberId,
    OpenIdToken openId,
    Optional<DelayedLeave> leave) {}
