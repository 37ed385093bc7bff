package dev.weir.session.slot;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.weir.session.Attachment;
import dev.weir.session.Client;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.view.SlotView;
import dev.weir.session.view.Version;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * Everything that one site knows about one slot.
 *
 * @param last the newest version given out for this slot
 * @param attachments native participants of our own nodes
 * @param clients what was observed of our own clients
 * @param focusSince foreign foci that multi-SFU clients view, and since when we know of them
 */
public record SlotState(
    SlotView view,
    Version last,
    Map<Attachment.Key, Attachment> attachments,
    Map<Client, ClientFacts> clients,
    Map<Site, Instant> focusSince,
    Partners partners,
    Transits transits) {

  public SlotState {
    attachments = Map.copyOf(attachments);
    clients = Map.copyOf(clients);
    focusSince = Map.copyOf(focusSince);
  }

  public static SlotState empty(SlotId slot, Site self, Version epoch) {
    return new SlotState(
        SlotView.empty(slot, self),
        epoch,
        Map.of(),
        Map.of(),
        Map.of(),
        Partners.NONE,
        Transits.NONE);
  }

  @JsonIgnore
  public Site self() {
    return view.self();
  }

  @JsonIgnore
  public SlotId slot() {
    return view.slot();
  }

  /** Somebody is natively here, or away for a time: there is a call to be told of. */
  @JsonIgnore
  public boolean isLive() {
    return !attachments.isEmpty() || !moves().isEmpty() || !elsewhere().isEmpty();
  }

  /** Nothing is left to remember, so the state can be dropped. */
  @JsonIgnore
  public boolean isForgettable() {
    return !isLive()
        && upgrades().isEmpty()
        && clients.isEmpty()
        && admitted().isEmpty()
        && view.writers().values().stream().allMatch(writer -> writer.records().isEmpty());
  }

  public Set<Site> connected() {
    return partners.connected();
  }

  public Set<Site> matched() {
    return partners.matched();
  }

  public Map<Site, Instant> admitted() {
    return partners.admitted();
  }

  public Map<Site, Instant> unannounced() {
    return partners.unannounced();
  }

  public Set<RoomMove> moves() {
    return transits.moves();
  }

  public Set<Attachment> travellers() {
    return transits.travellers();
  }

  public Map<Attachment.Key, Instant> upgrades() {
    return transits.upgrades();
  }

  public Set<Elsewhere> elsewhere() {
    return transits.elsewhere();
  }

  SlotState withView(SlotView value) {
    return new SlotState(value, last, attachments, clients, focusSince, partners, transits);
  }

  SlotState withLast(Version value) {
    return new SlotState(view, value, attachments, clients, focusSince, partners, transits);
  }

  SlotState withAttachments(Map<Attachment.Key, Attachment> value) {
    return new SlotState(view, last, value, clients, focusSince, partners, transits);
  }

  SlotState withClients(Map<Client, ClientFacts> value) {
    return new SlotState(view, last, attachments, value, focusSince, partners, transits);
  }

  SlotState withFocusSince(Map<Site, Instant> value) {
    return new SlotState(view, last, attachments, clients, value, partners, transits);
  }

  private SlotState withPartners(Partners value) {
    return new SlotState(view, last, attachments, clients, focusSince, value, transits);
  }

  private SlotState withTransits(Transits value) {
    return new SlotState(view, last, attachments, clients, focusSince, partners, value);
  }

  SlotState withConnected(Set<Site> value) {
    return withPartners(partners.withConnected(value));
  }

  SlotState withMatched(Set<Site> value) {
    return withPartners(partners.withMatched(value));
  }

  SlotState withAdmitted(Map<Site, Instant> value) {
    return withPartners(partners.withAdmitted(value));
  }

  SlotState withUnannounced(Map<Site, Instant> value) {
    return withPartners(partners.withUnannounced(value));
  }

  SlotState withMoves(Set<RoomMove> value) {
    return withTransits(transits.withMoves(value));
  }

  SlotState withTravellers(Set<Attachment> value) {
    return withTransits(transits.withTravellers(value));
  }

  SlotState withUpgrades(Map<Attachment.Key, Instant> value) {
    return withTransits(transits.withUpgrades(value));
  }

  SlotState withElsewhere(Set<Elsewhere> value) {
    return withTransits(transits.withElsewhere(value));
  }
}
