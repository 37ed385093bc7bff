package dev.weir.service.token;

import dev.weir.service.config.Configuration;
import dev.weir.service.config.HomeSite;
import dev.weir.service.slots.Expectations;
import dev.weir.service.slots.Rooms;
import dev.weir.session.Member;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.name.Identities;
import dev.weir.session.name.RoomNames;
import jakarta.inject.Singleton;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where a member of ours may be attached as a publisher: its home room, and the guest annexes that
 * it was sent to. Legacy clients may hand their leave to one focus and publish at another.
 */
@Singleton
public final class MemberRooms {
  private final Configuration configuration;
  private final Expectations expectations;

  MemberRooms(Configuration configuration, Expectations expectations) {
    this.configuration = configuration;
    this.expectations = expectations;
  }

  /** Names of LiveKit rooms. */
  public Set<String> of(Site site, SlotId slot, Member member) {
    Set<String> names = new HashSet<>();
    names.add(RoomNames.of(slot, Room.home(site)));
    Optional<HomeSite> home = configuration.current().find(site);
    if (home.isPresent()) {
      for (var partner : home.get().partners()) {
        Room annex = Room.guest(partner.site());
        if (wasSentTo(site, slot, annex, member)) {
          names.add(RoomNames.of(slot, annex));
        }
      }
    }
    return names;
  }

  private boolean wasSentTo(Site site, SlotId slot, Room annex, Member member) {
    return Identities.ofPublisher(member).stream()
        .anyMatch(
            identity ->
                expectations.who(Rooms.key(site, slot, annex), identity, Map.of()).isPresent());
  }
}
