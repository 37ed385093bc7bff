package dev.weir.service.peering.wiring;

import dev.weir.peering.v1.OpenIdToken;
import dev.weir.service.config.Configuration;
import dev.weir.service.events.ClosedSlots;
import dev.weir.service.legs.LegKeeper;
import dev.weir.service.openid.OpenIdVerifier;
import dev.weir.service.openid.Verdict;
import dev.weir.service.peering.OwnSites;
import dev.weir.service.slots.PassedOn;
import dev.weir.service.slots.Removed;
import dev.weir.service.token.AttachFailure;
import dev.weir.service.token.Attacher;
import dev.weir.service.token.DelegatedLeaves;
import dev.weir.service.token.MemberRooms;
import dev.weir.session.Member;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.admission.Ticket;
import dev.weir.session.delegation.Delegation;
import dev.weir.session.delegation.JobKey;
import dev.weir.session.name.Identities;
import dev.weir.session.name.RoomNames;
import dev.weir.session.view.SiteDirectory;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What our sites do for partners, by the router's own parts. */
@Singleton
final class ConfiguredSites implements OwnSites {
  private static final Duration TOKEN_LASTS = Duration.ofHours(1);

  /** Each connection asks anew, and a connected one gets newer tokens in-band. */
  private static final Duration TAKEN_IN_FOR = Duration.ofMinutes(10);

  private final Configuration configuration;
  private final OpenIdVerifier verifier;
  private final Attacher attacher;
  private final DelegatedLeaves leaves;
  private final MemberRooms memberRooms;
  private final ClosedSlots closed;
  private final Removed removed;
  private final PassedOn passedOn;
  private final Provider<LegKeeper> keeper;

  ConfiguredSites(
      Configuration configuration,
      OpenIdVerifier verifier,
      Attacher attacher,
      DelegatedLeaves leaves,
      MemberRooms memberRooms,
      ClosedSlots closed,
      Removed removed,
      PassedOn passedOn,
      Provider<LegKeeper> keeper) {
    this.configuration = configuration;
    this.verifier = verifier;
    this.attacher = attacher;
    this.leaves = leaves;
    this.memberRooms = memberRooms;
    this.closed = closed;
    this.removed = removed;
    this.passedOn = passedOn;
    this.keeper = keeper;
  }

  @Override
  public Optional<String> userOf(Site site, OpenIdToken token) throws IOException {
    var question =
        new dev.weir.service.openid.OpenIdToken(
            token.getAccessToken(), token.getMatrixServerName());
    return switch (verifier.verify(question)) {
      case Verdict.Verified(String userId) -> Optional.of(userId);
      case Verdict.Refused refused -> Optional.empty();
      case Verdict.Unreachable(String reason) -> throw new IOException(reason);
    };
  }

  @Override
  public boolean passedOn(Site site, Site focus, SlotId slot, Member member) {
    return passedOn.knows(site, focus, slot, member);
  }

  @Override
  public Attached attach(Site site, SlotId slot, Member member, Ticket ticket) throws IOException {
    try {
      var attached = attacher.attach(site, slot, member, ticket, TOKEN_LASTS);
      return new Attached(attached.url(), attached.jwt());
    } catch (AttachFailure e) {
      throw new IOException(e);
    }
  }

  @Override
  public Optional<Attached> takeIn(Site site, SlotId slot, Member member, Ticket ticket)
      throws IOException {
    if (removed.isRemoved(site, slot.roomId(), member.user())) {
      return Optional.empty();
    }
    try {
      var attached = attacher.attach(site, slot, member, ticket, TAKEN_IN_FOR);
      return Optional.of(new Attached(attached.url(), attached.jwt()));
    } catch (AttachFailure e) {
      throw new IOException(e);
    }
  }

  @Override
  public boolean keepLeave(
      Site site, SlotId slot, Member member, Set<Room> rooms, String delayId, Duration delay) {
    return leaves.accept(
            new Delegation(
                new JobKey(
                    site.name(),
                    slot.roomId(),
                    slot.slotId(),
                    member.user(),
                    member.client().device()),
                delayId,
                delay.toMillis(),
                Delegation.membershipOf(member),
                Identities.ofPublisher(member),
                Stream.concat(
                        rooms.stream().map(r -> RoomNames.of(slot, r)),
                        memberRooms.of(site, slot, member).stream())
                    .collect(Collectors.toSet())))
        == DelegatedLeaves.Outcome.STORED;
  }

  @Override
  public SiteDirectory directory(Site site) {
    return server -> configuration.current().find(site).map(home -> home.homeOf(server));
  }

  @Override
  public boolean isClosed(Site site, SlotId slot) {
    return closed.isClosed(site, slot);
  }

  @Override
  public boolean canBring(Site site, SlotId slot, Site focus) {
    return keeper.get().canBring(site, slot, focus);
  }
}
