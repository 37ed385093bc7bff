package dev.weir.service.admin;

import dev.weir.service.admin.Overview.Explained;
import dev.weir.service.admin.Overview.MemberLine;
import dev.weir.service.admin.Overview.NodeCard;
import dev.weir.service.admin.Overview.PeerCard;
import dev.weir.service.admin.Overview.SiteCard;
import dev.weir.service.admin.Overview.SlotCard;
import dev.weir.service.config.Configuration;
import dev.weir.service.config.HomeSite;
import dev.weir.service.events.RoomEvents;
import dev.weir.service.slots.Replica;
import dev.weir.service.slots.Reports;
import dev.weir.service.slots.Slots;
import dev.weir.session.Attachment;
import dev.weir.session.Client;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.explain.Disagreement;
import dev.weir.session.explain.Explanation;
import dev.weir.session.slot.SlotState;
import dev.weir.session.view.MemberRecord;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Looks at everything that this replica knows and writes it down for people. */
@Singleton
public final class Overviews {
  private final Configuration configuration;
  private final Slots slots;
  private final Reports reports;
  private final Replica replica;
  private final Partners partners;
  private final KeptLegs legs;
  private final RoomEvents events;
  private final InstantSource clock;

  Overviews(
      Configuration configuration,
      Slots slots,
      Reports reports,
      Replica replica,
      Partners partners,
      KeptLegs legs,
      RoomEvents events,
      InstantSource clock) {
    this.configuration = configuration;
    this.slots = slots;
    this.reports = reports;
    this.replica = replica;
    this.partners = partners;
    this.legs = legs;
    this.events = events;
    this.clock = clock;
  }

  public Overview now() {
    return new Overview(
        clock.instant(),
        replica.name(),
        configuration.current().all().stream().map(this::site).toList());
  }

  /** The calls in one Matrix room, in words, at each of our sites that knows of them. */
  public List<Explained> room(String roomId) {
    return configuration.current().all().stream()
        .flatMap(
            home ->
                slots.live(home.site()).stream()
                    .filter(slot -> slot.roomId().equals(roomId))
                    .flatMap(slot -> slots.find(home.site(), slot).stream())
                    .map(this::explained))
        .toList();
  }

  private Explained explained(SlotState state) {
    SlotCard card = slot(state);
    return new Explained(
        state.self().name(),
        card.roomId(),
        card.slotId(),
        Explanation.of(state, legs.plan(state), events.decisions(state.self(), state.slot())),
        Disagreement.isThere(state),
        card.members(),
        card.legs());
  }

  private SiteCard site(HomeSite home) {
    Site site = home.site();
    return new SiteCard(
        site.name(),
        home.publicUrl().map(Object::toString).orElse(""),
        reports.of(site).stream()
            .map(
                node ->
                    new NodeCard(
                        node.node(), node.state().name(), node.rooms(), node.participants()))
            .toList(),
        partners.of(site).stream()
            .map(peer -> new PeerCard(peer.getServerName(), peer.getConnected(), peer.getProblem()))
            .toList(),
        slots.live(site).stream()
            .sorted(Comparator.comparing(SlotId::roomId).thenComparing(SlotId::slotId))
            .flatMap(slot -> slots.find(site, slot).stream())
            .filter(state -> state.isLive() || !state.view().live().isEmpty())
            .map(this::slot)
            .toList());
  }

  private SlotCard slot(SlotState state) {
    List<MemberLine> members = new ArrayList<>();
    Set<Client> ours = new HashSet<>();
    for (Attachment attachment : state.attachments().values().stream().sorted(BY_KEY).toList()) {
      ours.add(attachment.client());
      members.add(attached(state, attachment));
    }
    state.view().content().values().stream()
        .flatMap(records -> records.values().stream())
        .filter(record -> !record.left() && !ours.contains(record.client()))
        .sorted(Comparator.comparing((MemberRecord record) -> record.member().user()))
        .forEach(record -> members.add(elsewhere(record)));
    return new SlotCard(
        state.slot().roomId(), state.slot().slotId(), members, legs.of(state.self(), state.slot()));
  }

  private static final Comparator<Attachment> BY_KEY = Comparator.comparing(Attachment::key);

  private static MemberLine attached(SlotState state, Attachment attachment) {
    boolean legacy = state.view().own(attachment.client()).map(MemberRecord::legacy).orElse(false);
    return new MemberLine(
        attachment.member().user(),
        attachment.member().device(),
        state.self().name(),
        attachment.node(),
        attachment.role().name(),
        attachment.focus().name(),
        attachment.publishes(),
        legacy);
  }

  private static MemberLine elsewhere(MemberRecord record) {
    return new MemberLine(
        record.member().user(),
        record.member().device(),
        record.source().site().name(),
        record.node(),
        "",
        record.focus().name(),
        record.publishes(),
        record.legacy());
  }
}
