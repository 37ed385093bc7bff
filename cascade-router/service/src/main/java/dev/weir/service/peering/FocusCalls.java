package dev.weir.service.peering;

import dev.weir.peering.v1.AdmitResponse;
import dev.weir.peering.v1.AttachmentKind;
import dev.weir.peering.v1.PeeringGrpc;
import dev.weir.peering.v1.TakeInRequest;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.name.Identities;
import dev.weir.session.name.Scheme;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Asks a focus to serve a user of ours itself, because its media cannot be brought here. */
public final class FocusCalls {
  private static final Logger LOG = Logger.getLogger(FocusCalls.class);

  /** A client's handshake waits for it. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Peering peering;

  FocusCalls(Peering peering) {
    this.peering = peering;
  }

  /** The focus' signalling URL, unchecked, and its token. */
  public record TakenIn(String url, String jwt) {
    @Override
    public String toString() {
      return "TakenIn[" + url + "]";
    }
  }

  /**
   * Asks, and blocks for the answer; empty when the focus is away, refuses, or is too old to know.
   *
   * @param annexIdentity under which the member is attached in our annex
   */
  public Optional<TakenIn> takeIn(
      Site home, Site focus, SlotId slot, Member member, Role role, String annexIdentity) {
    PeerKey key = new PeerKey(home.name(), focus.name());
    Optional<PeeringGrpc.PeeringBlockingStub> calls = peering.calls(key, PATIENCE);
    Optional<Scheme> scheme =
        Arrays.stream(Scheme.values())
            .filter(each -> Identities.of(member, each, role).equals(annexIdentity))
            .findFirst();
    if (calls.isEmpty() || scheme.isEmpty()) {
      return Optional.empty();
    }
    try {
      AdmitResponse answer =
          calls
              .get()
              .takeIn(
                  TakeInRequest.newBuilder()
                      .setToServerName(focus.name())
                      .setSlot(Wire.slot(slot))
                      .setMember(Wire.member(member))
                      .setKind(role == Role.GUEST ? AttachmentKind.GUEST : AttachmentKind.VIEW)
                      .setIdentity(Identities.of(member, scheme.get()))
                      .build());
      return answer.hasAdmitted()
          ? Optional.of(new TakenIn(answer.getAdmitted().getUrl(), answer.getAdmitted().getJwt()))
          : Optional.empty();
    } catch (StatusRuntimeException e) {
      LOG.infof("event=not_taken_in link=%s status=%s", key, e.getStatus().getCode());
      return Optional.empty();
    }
  }
}
