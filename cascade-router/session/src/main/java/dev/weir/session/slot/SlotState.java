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
 * @param connected peers whose stream is up
 * @param moves rooms of ours that move between nodes
 * @param upgrades identities on their way in at the gate, and when to stop waiting for them
 * @param matched peers whose announcement of this slot we recognised
 * @param admitted sites that have viewers or guests of our focus, by their last admission
 * @param unannounced peers of which we hold live records though they do not announce the slot, and
 *     since when
 * @param elsewhere annexes of ours whose clients are bound to the focus itself for a time
 */
public record SlotState(
    SlotView view,
    Version last,
    Map<Attachment.Key, Attachment> attachments,
    Map<Client, ClientFacts> clients,
    Map<Site, Instant> focusSince,
    Set<Site> connected,
    Set<RoomMove> moves,
    Map<Attachment.Key, Instant> upgrades,
    Set<Site> matched,
    Map<Site, Instant> admitted,
    Map<Site, Instant> unannounced,
    Set<Elsewhere> elsewhere) {

  public SlotState {
    attachments = Map.copyOf(attachments);
    clients = Map.copyOf(clients);
    focusSince = Map.copyOf(focusSince);
    connected = Set.copyOf(connected);
    moves = Set.copyOf(moves);
    upgrades = Map.copyOf(upgrades);
    matched = Set.copyOf(matched);
    admitted = Map.copyOf(admitted);
    unannounced = Map.copyOf(unannounced);
    elsewhere = Set.copyOf(elsewhere);
  }

  public static SlotState empty(SlotId slot, Site self, Version epoch) {
    return new SlotState(
        SlotView.empty(slot, self),
        epoch,
        Map.of(),
        Map.of(),
        Map.of(),
        Set.of(),
        Set.of(),
        Map.of(),
        Set.of(),
        Map.of(),
        Map.of(),
        Set.of());
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
    return !attachments.isEmpty() || !moves.isEmpty() || !elsewhere.isEmpty();
  }

  /** Nothing is left to remember, so the state can be dropped. */
  @JsonIgnore
  public boolean isForgettable() {
    return !isLive()
        && upgrades.isEmpty()
        && clients.isEmpty()
        && admitted.isEmpty()
        && view.writers().values().stream().allMatch(writer -> writer.records().isEmpty());
  }

  SlotState withView(SlotView value) {
    return new SlotState(
        value,
        last,
        attachments,
        clients,
        focusSince,
        connected,
        moves,
        upgrades,
        matched,
        admitted,
        unannounced,
        elsewhere);
  }

  SlotState withLast(Version value) {
    return new SlotState(
        view,
        value,
        attachments,
        clients,
        focusSince,
        connected,
        moves,
        upgrades,
        matched,
        admitted,
        unannounced,
        elsewhere);
  }

  SlotState withAttachments(Map<Attachment.Key, Attachment> value) {
    return new SlotState(
        view,
        last,
        value,
        clients,
        focusSince,
        connected,
        moves,
        upgrades,
        matched,
        admitted,
        unannounced,
        elsewhere);
  }

  SlotState withClients(Map<Client, ClientFacts> value) {
    return new SlotState(
        view,
        last,
        attachments,
        value,
        focusSince,
        connected,
        moves,
        upgrades,
        matched,
        admitted,
        unannounced,
        elsewhere);
  }

  SlotState withFocusSince(Map<Site, Instant> value) {
    return new SlotState(
        view,
        last,
        attachments,
        clients,
        value,
        connected,
        moves,
        upgrades,
        matched,
        admitted,
        unannounced,
        elsewhere);
  }

  SlotState withConnected(Set<Site> value) {
    return new SlotState(
        view,
        last,
        attachments,
        clients,
        focusSince,
        value,
        moves,
        upgrades,
        matched,
        admitted,
        unannounced,
        elsewhere);
  }

  SlotState withMoves(Set<RoomMove> value) {
    return new SlotState(
        view,
        last,
        attachments,
        clients,
        focusSince,
        connected,
        value,
        upgrades,
        matched,
        admitted,
        unannounced,
        elsewhere);
  }

  SlotState withUpgrades(Map<Attachment.Key, Instant> value) {
    return new SlotState(
        view,
        last,
        attachments,
        clients,
        focusSince,
        connected,
        moves,
        value,
        matched,
        admitted,
        unannounced,
        elsewhere);
  }

  SlotState withAdmitted(Map<Site, Instant> value) {
    return new SlotState(
        view,
        last,
        attachments,
        clients,
        focusSince,
        connected,
        moves,
        upgrades,
        matched,
        value,
        unannounced,
        elsewhere);
  }

  SlotState withMatched(Set<Site> value) {
    return new SlotState(
        view,
        last,
        attachments,
        clients,
        focusSince,
        connected,
        moves,
        upgrades,
        value,
        admitted,
        unannounced,
        elsewhere);
  }

  SlotState withUnannounced(Map<Site, Instant> value) {
    return new SlotState(
        view,
        last,
        attachments,
        clients,
        focusSince,
        connected,
        moves,
        upgrades,
        matched,
        admitted,
        value,
        elsewhere);
  }

  SlotState withElsewhere(Set<Elsewhere> value) {
    return new SlotState(
        view,
        last,
        attachments,
        clients,
        focusSince,
        connected,
        moves,
        upgrades,
        matched,
        admitted,
        unannounced,
        value);
  }
}
