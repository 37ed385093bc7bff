package dev.weir.session.name;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Member ALICE = new Member("@alice:example.com", "DEVICE123", "memberABC");

  @ParameterizedTest
  @CsvSource({
    "!roomid:example.com, slot1234, O8437W3+jmzMVjoIP3tNwbm+XxHQk2iKpOA7aqw3qSc",
    "!room:example.com, m.call#ROOM, krj2dgxw2K6EOm9he4GfQJ6JsSVWfJ8a7BkyjZcSmxs",
    "!r:x, a&b<c>, +B2oV8yqu/0ijMHF1gsQpysVJCXU0CRsHSO8ACCAY5I"
  })
  void homeRoomsAreNamedAsDeployedServicesNameThem(String room, String slot, String name) {
    assertThat(RoomNames.of(new SlotId(room, slot), Room.home(Site.of("any")))).isEqualTo(name);
  }

  @Test
  void identitiesAreTheDeployedOnes() {
    assertThat(Identities.of(ALICE, Scheme.THREE_TUPLE))
        .isEqualTo("J+T45tGruxc+HrUOqJJlyQSV33m728Cme4+vt8/SWrU");
    assertThat(Identities.of(ALICE, Scheme.TWO_TUPLE))
        .isEqualTo("M3VnsLXrkbxIDINXO64u8PZzFyD9ZYFiQULR2dshWYs");
    assertThat(Identities.of(ALICE, Scheme.USER_DEVICE)).isEqualTo("@alice:example.com:DEVICE123");
  }

  @Test
  void aViewerNeverGetsAnIdentityOfAPublisher() {
    for (Scheme scheme : Scheme.values()) {
      String identity = Identities.of(ALICE, scheme, Role.VIEW);
      assertThat(identity).startsWith("view:");
      assertThat(Identities.ofPublisher(ALICE)).doesNotContain(identity);
    }
  }

  @Test
  void aClientThatNamesItselfByUserAndDeviceIsOneClientAtBothEndpoints() {
    Member atLegacy = Member.legacy("@u:hs", "D");
    Member atNew = new Member("@u:hs", "D", "@u:hs:D");
    Member newest = new Member("@u:hs", "", "@u:hs:D");
    assertThat(atNew.client()).isEqualTo(atLegacy.client()).isEqualTo(newest.client());
    assertThat(Identities.ofPublisher(atLegacy)).isEqualTo(Identities.ofPublisher(atNew));
    assertThat(Identities.isOf(atLegacy, Identities.of(newest, Scheme.TWO_TUPLE))).isTrue();
  }

  @Test
  void everyRoomOfASlotHasAnotherName() {
    SlotId slot = SlotId.ofRoomCall("!r:x");
    assertThat(
            java.util.stream.Stream.of(
                    Room.home(Site.of("a")),
                    Room.view(Site.of("a")),
                    Room.guest(Site.of("a")),
                    Room.view(Site.of("b")))
                .map(room -> RoomNames.of(slot, room)))
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{ \"b\" : 1, \"a\" : [ true, null, -0 ] }|{\"a\":[true,null,0],\"b\":1}",
        "{\"\\ud83d\\ude00\":1,\"\\uffee\":2}|{\"\uffee\":2,\"\ud83d\ude00\":1}",
        "\"a\\u0000\\u001f\\n\\/é\\u2028\"|\"a\\u0000\\u001f\\n/é\u2028\"",
        "1e3|1000"
      })
  void canonicalJsonFollowsTheSpecification(String json, String canonical) throws Exception {
    assertThat(CanonicalJson.of(JSON.readTree(json))).isEqualTo(canonical);
  }

  @ParameterizedTest
  @CsvSource({"1.5", "9007199254740992", "1e400", "1e999999999"})
  void canonicalJsonHoldsNoOtherNumbers(String json) throws Exception {
    var tree =
        new ObjectMapper()
            .enable(
                com.fasterxml.jackson.databind.DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .readTree(json);
    Assertions.assertThatIllegalArgumentException().isThrownBy(() -> CanonicalJson.of(tree));
  }
}
