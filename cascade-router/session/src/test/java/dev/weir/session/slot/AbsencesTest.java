package dev.weir.session.slot;

import static dev.weir.session.slot.Fixture.A;
import static dev.weir.session.slot.Fixture.B;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.session.Attachment;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.codec.SessionCodec;
import dev.weir.session.explain.Explanation;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Annexes of site a whose clients are at focus b for a time. */
class AbsencesTest {
  private static final Room ANNEX = Room.view(B);

  private final Fixture slot = Fixture.connectedTo(B);

  private Attachment viewerOfBob() {
    slot.join("alice:a", Role.OWN, Room.home(A));
    Attachment viewer = slot.join("alice:a", Role.VIEW, ANNEX);
    slot.hear(slot.foreign("bob:b", B, true, false));
    return viewer;
  }

  private Elsewhere elsewhere() {
    assertThat(slot.state.elsewhere()).hasSize(1);
    return slot.state.elsewhere().iterator().next();
  }

  @Test
  void theLegIntoAnAnnexGoesOnWhileItsClientsAreElsewhere() {
    Attachment viewer = viewerOfBob();
    var before = slot.relayed();
    assertThat(before).containsExactly("@bob:b:BOB:B: HOME b at b/p1 -> VIEW b at a/n1 by R1");
    slot.on(new SlotEvent.SentElsewhere(ANNEX, "n1"));
    slot.leave(viewer);
    assertThat(slot.relayed()).isEqualTo(before);
    slot.on(new SlotEvent.BoundElsewhere(ANNEX, slot.client("alice:a"), true));
    slot.on(new SlotEvent.CalledBack(ANNEX));
    assertThat(slot.relayed()).as("until they had the time to come").isEqualTo(before);
    slot.after(Absences.COMING_BACK);
    assertThat(slot.relayed()).isEmpty();
    assertThat(slot.state.elsewhere()).isEmpty();
  }

  @Test
  void nobodyIsTakenForLegacyOrForGoneWhileAtTheFocus() {
    Attachment viewer = viewerOfBob();
    slot.on(new SlotEvent.SentElsewhere(ANNEX, "n1"));
    slot.leave(viewer);
    slot.on(new SlotEvent.BoundElsewhere(ANNEX, slot.client("alice:a"), true));
    // A client that has never been in the annex, because it came when it was away.
    slot.join("anne:a", Role.OWN, Room.home(A));
    slot.on(new SlotEvent.BoundElsewhere(ANNEX, slot.client("anne:a"), true));
    slot.after(Duration.ofMinutes(2));
    assertThat(slot.state.view().live())
        .filteredOn(held -> held.record().writer().equals(A))
        .hasSize(2)
        .noneMatch(held -> held.record().legacy());
    assertThat(elsewhere().clients())
        .containsExactlyInAnyOrder(slot.client("alice:a"), slot.client("anne:a"));
    assertThat(servedDirectly("anne:a")).containsExactly(B);
    slot.on(new SlotEvent.BoundElsewhere(ANNEX, slot.client("anne:a"), false));
    assertThat(servedDirectly("anne:a")).isEmpty();
  }

  private Set<Site> servedDirectly(String name) {
    return slot.state.clients().getOrDefault(slot.client(name), ClientFacts.NONE).direct();
  }

  @Test
  void aSlotWhoseOnlyClientsAreGuestsElsewhereStaysAlive() {
    Attachment guest = slot.join("alice:a", Role.GUEST, Room.guest(B));
    slot.on(new SlotEvent.SentElsewhere(Room.guest(B), "n1"));
    slot.leave(guest);
    assertThat(slot.state.isLive()).isTrue();
    assertThat(Sharing.peers(slot.state)).contains(B);
    slot.on(new SlotEvent.BoundElsewhere(Room.guest(B), slot.client("alice:a"), true));
    slot.on(new SlotEvent.CalledBack(Room.guest(B)));
    assertThat(slot.wakeAt).contains(slot.now.plus(Absences.COMING_BACK));
    slot.after(Absences.COMING_BACK);
    assertThat(slot.state.isLive()).isFalse();
  }

  @Test
  void sayingItTwiceChangesNothing() {
    viewerOfBob();
    slot.on(new SlotEvent.SentElsewhere(ANNEX, "n1"));
    slot.on(new SlotEvent.BoundElsewhere(ANNEX, slot.client("alice:a"), true));
    SlotState away = slot.state;
    slot.on(new SlotEvent.SentElsewhere(ANNEX, "n1"));
    slot.on(new SlotEvent.BoundElsewhere(ANNEX, slot.client("alice:a"), true));
    assertThat(slot.state).isEqualTo(away);
    slot.on(new SlotEvent.CalledBack(ANNEX));
    SlotState back = slot.state;
    slot.now = slot.now.plusSeconds(1);
    slot.on(new SlotEvent.CalledBack(ANNEX));
    assertThat(slot.state).isEqualTo(back);
  }

  @Test
  void whoIsSentAwayAgainWhileComingBackIsAway() {
    viewerOfBob();
    slot.on(new SlotEvent.SentElsewhere(ANNEX, "n1"));
    slot.on(new SlotEvent.CalledBack(ANNEX));
    assertThat(elsewhere().isAway()).isFalse();
    slot.on(new SlotEvent.SentElsewhere(ANNEX, "n1"));
    assertThat(elsewhere().isAway()).isTrue();
    slot.after(Duration.ofMinutes(1));
    assertThat(elsewhere().isAway()).isTrue();
  }

  @Test
  void whereNobodyIsToComeBackItIsOverAtOnce() {
    Attachment viewer = viewerOfBob();
    slot.on(new SlotEvent.SentElsewhere(ANNEX, "n1"));
    slot.leave(viewer);
    slot.on(new SlotEvent.CalledBack(ANNEX));
    assertThat(slot.state.elsewhere()).isEmpty();
    assertThat(slot.relayed()).isEmpty();
  }

  @Test
  void onlyAnnexesCanBeElsewhere() {
    viewerOfBob();
    slot.on(new SlotEvent.SentElsewhere(Room.home(A), "n1"));
    assertThat(slot.state.elsewhere()).isEmpty();
  }

  @Test
  void theEndOfAnAgreementCallsItsClientsBack() {
    viewerOfBob();
    slot.on(new SlotEvent.SentElsewhere(ANNEX, "n1"));
    slot.on(new SlotEvent.PeerGone(B));
    assertThat(elsewhere().isAway()).isFalse();
  }

  @Test
  void halvesOfACutClusterAgreeThatTheClientsAreAway() {
    viewerOfBob();
    slot.on(new SlotEvent.SentElsewhere(ANNEX, "n1"));
    SlotState before = slot.state;
    slot.on(new SlotEvent.BoundElsewhere(ANNEX, slot.client("alice:a"), true));
    SlotState one = slot.state;
    slot.state = before;
    slot.on(new SlotEvent.CalledBack(ANNEX));
    SlotState other = slot.state;
    assertThat(Reunion.of(one, other)).isEqualTo(Reunion.of(other, one));
    assertThat(Reunion.of(one, other).elsewhere()).isEqualTo(one.elsewhere());
  }

  @Test
  void survivesAReplicaOfTheVersionBefore() throws IOException {
    viewerOfBob();
    slot.on(new SlotEvent.SentElsewhere(ANNEX, "n1"));
    slot.on(new SlotEvent.BoundElsewhere(ANNEX, slot.client("alice:a"), true));
    byte[] now = SessionCodec.write(slot.state);
    assertThat(SessionCodec.read(now, SlotState.class)).isEqualTo(slot.state);
    ObjectMapper json = new ObjectMapper();
    JsonNode tree = json.readTree(now);
    assertThat(((ObjectNode) tree.path("transits")).remove("elsewhere")).hasSize(1);
    byte[] old = json.writeValueAsBytes(tree);
    assertThat(SessionCodec.read(old, SlotState.class).elsewhere()).isEmpty();
  }

  @Test
  void anAdminIsToldWhereTheClientsAre() {
    viewerOfBob();
    slot.on(new SlotEvent.SentElsewhere(ANNEX, "n1"));
    slot.on(new SlotEvent.BoundElsewhere(ANNEX, slot.client("alice:a"), true));
    assertThat(Explanation.of(slot.state, slot.plan(), List.of()))
        .contains(
            "  VIEW b on n1: the media of b cannot be brought here, so its clients are sent to b"
                + " directly (there now: 1)\n");
    slot.on(new SlotEvent.CalledBack(ANNEX));
    assertThat(Explanation.of(slot.state, slot.plan(), List.of()))
        .contains("  VIEW b on n1: the media of b comes again, and its clients come back\n");
  }
}
