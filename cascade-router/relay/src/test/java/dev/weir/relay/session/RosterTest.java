package dev.weir.relay.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import livekit.LivekitModels.ParticipantInfo;
import org.junit.jupiter.api.Test;

class RosterTest {
  private static final long SECOND = 1_000_000_000L;

  private final Roster roster = new Roster("alice"::equals);

  private static ParticipantInfo participant(String identity, String sid, int version) {
    return ParticipantInfo.newBuilder()
        .setIdentity(identity)
        .setSid(sid)
        .setVersion(version)
        .setState(ParticipantInfo.State.ACTIVE)
        .putAllAttributes(Map.of("weir.tag", "secret", "hand", "up"))
        .build();
  }

  private static ParticipantInfo gone(String identity, String sid) {
    return participant(identity, sid, 9).toBuilder()
        .setState(ParticipantInfo.State.DISCONNECTED)
        .build();
  }

  @Test
  void aFloodOfMembersFillsNoMemoryAndHidesNoRelayedOne() {
    for (int i = 0; i < 3 * Roster.MAX_OTHERS; i++) {
      roster.update(participant("flood" + i, "PA_" + i, 1), 0);
    }
    roster.update(participant("alice", "PA_a", 1), 0);
    String huge = "x".repeat(Roster.MAX_INFO_BYTES);
    roster.update(participant("alice", "PA_a", 2).toBuilder().setMetadata(huge).build(), 0);

    assertThat(roster.identities()).hasSize(Roster.MAX_OTHERS + 1).contains("alice");
    assertThat(roster.get("alice"))
        .isNotNull()
        .returns("", present -> present.participant().metadata());
  }

  @Test
  void keepsAMemberForAMomentAfterItLeft() {
    roster.update(participant("alice", "PA_1", 1), 0);
    roster.update(gone("alice", "PA_1"), 0);

    assertThat(roster.expire(SECOND / 2)).isEqualTo(SECOND / 2);
    assertThat(roster.identities()).containsExactly("alice");
    roster.expire(SECOND);
    assertThat(roster.identities()).isEmpty();
  }

  @Test
  void aNewParticipantOfTheSameIdentityStaysWhenTheOldOneIsAnnouncedAsGone() {
    roster.update(participant("alice", "PA_1", 1), 0);
    roster.update(participant("alice", "PA_2", 1), 0);
    roster.update(gone("alice", "PA_1"), 0);
    roster.expire(10 * SECOND);

    assertThat(roster.identities()).containsExactly("alice");
    assertThat(roster.bySid("PA_2")).isNotNull();
  }

  @Test
  void membersOutliveARejoinOfTheSourceForSeconds() {
    roster.update(participant("alice", "PA_1", 1), 0);
    roster.joined(List.of(), 0);
    roster.expire(4 * SECOND);
    assertThat(roster.identities()).containsExactly("alice");

    roster.update(participant("alice", "PA_7", 1), 4 * SECOND);
    roster.expire(60 * SECOND);
    assertThat(roster.identities()).containsExactly("alice");
  }

  @Test
  void olderNewsOfTheSameParticipantIsIgnored() {
    roster.update(participant("alice", "PA_1", 5), 0);
    roster.update(participant("alice", "PA_1", 4).toBuilder().setName("old").build(), 0);

    Roster.Present alice = roster.get("alice");
    assertThat(alice).isNotNull();
    assertThat(alice.participant().name()).isEmpty();
  }

  @Test
  void theMarksOfTheSourceSiteStayThere() {
    roster.update(participant("alice", "PA_1", 1), 0);

    Roster.Present alice = roster.get("alice");
    assertThat(alice).isNotNull();
    assertThat(alice.participant().attributes()).isEqualTo(Map.of("hand", "up"));
  }
}
