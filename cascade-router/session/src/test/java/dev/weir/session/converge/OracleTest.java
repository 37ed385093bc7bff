package dev.weir.session.converge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.session.SlotId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares convergence with the deployed client SDK. The folder with its node_modules is given by
 * the environment variable WEIR_ORACLE_DIR.
 */
@Tag("real")
class OracleTest {
  private static final int SETS = 4000;
  private static final long SEED = 20261121;
  private static final SlotId SLOT = SlotId.ofRoomCall("!r:x");

  @TempDir Path folder;

  @Test
  void weAgreeWithTheClientSdkWhereAgesDiffer() throws Exception {
    List<ObjectNode> sets = sets(false);
    List<JsonNode> answers = oracle(sets);
    int members = 0;
    for (int i = 0; i < sets.size(); i++) {
      assertThat(ours(sets.get(i)))
          .as("case %d: %s", i, sets.get(i))
          .isEqualTo(sdk(answers.get(i)));
      members += answers.get(i).size();
    }
    assertThat(members).isGreaterThan(SETS);
  }

  @Test
  void whereTheSdkDependsOnTheOrderOfEventsWeDoNot() throws Exception {
    List<ObjectNode> sets = sets(true);
    List<ObjectNode> shuffled = new ArrayList<>();
    Random random = new Random(SEED);
    for (ObjectNode set : sets) {
      ObjectNode copy = set.deepCopy();
      List<JsonNode> events = new ArrayList<>();
      copy.path("events").forEach(events::add);
      Collections.shuffle(events, random);
      ArrayNode list = copy.putArray("events");
      events.forEach(list::add);
      shuffled.add(copy);
    }
    List<JsonNode> one = oracle(sets);
    List<JsonNode> other = oracle(shuffled);
    int split = 0;
    for (int i = 0; i < sets.size(); i++) {
      assertThat(ours(shuffled.get(i))).isEqualTo(ours(sets.get(i)));
      // Who is a member does not depend on the order, at neither side.
      assertThat(new HashSet<>(ours(sets.get(i)).stream().map(Member::who).toList()))
          .isEqualTo(new HashSet<>(sdk(one.get(i)).stream().map(Member::who).toList()));
      boolean sdkSplit = !new HashSet<>(sdk(one.get(i))).equals(new HashSet<>(sdk(other.get(i))));
      split += sdkSplit ? 1 : 0;
      if (sdkSplit) {
        assertThat(roster(sets.get(i)).isSplit()).as("case %d: %s", i, sets.get(i)).isTrue();
      }
    }
    assertThat(split).as("sets in which the SDK depends on the order").isGreaterThan(SETS / 50);
  }

  private record Member(String who, String focus) {}

  private static List<ObjectNode> sets(boolean ties) {
    List<ObjectNode> sets = new ArrayList<>();
    for (int i = 0; i < SETS; i++) {
      sets.add(new EventGenerator(SEED + i, ties).set());
    }
    return sets;
  }

  private static Roster roster(ObjectNode set) {
    List<Membership> memberships = new ArrayList<>();
    set.path("events").forEach(event -> memberships.addAll(MembershipEvents.read(event)));
    Set<String> joined = new HashSet<>();
    set.path("joined").forEach(user -> joined.add(user.asText()));
    SlotStatus status =
        set.path("slotEvent").isNull()
            ? SlotStatus.ABSENT
            : SlotStatus.read(set.path("slotEvent"), SLOT.slotId());
    return Roster.of(
        SLOT,
        status,
        memberships,
        joined::contains,
        Instant.ofEpochMilli(set.path("now").asLong()));
  }

  private static List<Member> ours(ObjectNode set) {
    Roster roster = roster(set);
    return Convergence.explain(roster).stream()
        .filter(decision -> decision.member().selection() != Selection.FOCI_ACTIVE)
        .map(
            decision ->
                new Member(
                    decision.member().user()
                        + " "
                        + decision.member().device()
                        + " "
                        + decision.member().memberId(),
                    decision.focus().map(Transport::url).orElse("none")))
        .toList();
  }

  private static List<Member> sdk(JsonNode answer) {
    List<Member> members = new ArrayList<>();
    for (JsonNode member : answer) {
      members.add(
          new Member(
              member.path("user").asText()
                  + " "
                  + member.path("device").asText()
                  + " "
                  + member.path("member").asText(),
              member.path("focus").isNull() ? "none" : member.path("focus").asText()));
    }
    return members;
  }

  private List<JsonNode> oracle(List<ObjectNode> sets) throws IOException, InterruptedException {
    String modules = Optional.ofNullable(System.getenv("WEIR_ORACLE_DIR")).orElse("");
    Assumptions.assumeFalse(
        modules.isEmpty(), "WEIR_ORACLE_DIR is not set: no matrix-js-sdk to compare with");
    Path cases = folder.resolve("cases.jsonl");
    Path answers = folder.resolve("answers.jsonl");
    Files.write(cases, sets.stream().map(ObjectNode::toString).toList());
    Process node =
        new ProcessBuilder(
                "node",
                Path.of("src/test/oracle/converge.mjs").toAbsolutePath().toString(),
                modules,
                cases.toString(),
                answers.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("node.log").toFile())
            .start();
    boolean ended = node.waitFor(120, TimeUnit.SECONDS);
    node.destroy();
    assertThat(ended && node.exitValue() == 0).as(() -> "node ends well: " + log()).isTrue();
    List<JsonNode> read = new ArrayList<>();
    for (String line : Files.readAllLines(answers)) {
      read.add(Objects.requireNonNull(EventGenerator.JSON.readTree(line)));
    }
    assertThat(read).hasSameSizeAs(sets);
    return read;
  }

  private String log() {
    try {
      return Files.readString(folder.resolve("node.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
