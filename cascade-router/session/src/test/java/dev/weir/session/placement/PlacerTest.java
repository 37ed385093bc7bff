package dev.weir.session.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.session.placement.NodeReport.Limits;
import dev.weir.session.placement.NodeReport.State;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlacerTest {
  private static final Instant NOW = Instant.parse("2026-11-21T04:00:00Z");

  @Test
  void aNewRoomGoesToTheLeastStressedNode() {
    assertThat(route(Placement.NOWHERE, node("n1", 200), node("n2", 100), node("n3", 300)))
        .isEqualTo(new Route.New("n2", Part.Purpose.MAIN));
  }

  @Test
  void equalNodesAreTakenByName() {
    assertThat(route(Placement.NOWHERE, node("n2", 0), node("n1", 0)))
        .isEqualTo(new Route.New("n1", Part.Purpose.MAIN));
  }

  @Test
  void theWantedRegionComesBeforeStressAndTheOtherBeforeNothing() {
    NodeReport near = node("near", 400, "eu", State.SERVING);
    NodeReport far = node("far", 0, "us", State.SERVING);
    assertThat(Placer.route(Placement.NOWHERE, List.of(near, far), new Recent(), "eu"))
        .isEqualTo(new Route.New("near", Part.Purpose.MAIN));
    assertThat(Placer.route(Placement.NOWHERE, List.of(far), new Recent(), "eu"))
        .isEqualTo(new Route.New("far", Part.Purpose.MAIN));
  }

  @Test
  void roomsThatComeBetweenTwoReportsAreSpread() {
    List<NodeReport> nodes = List.of(node("n1", 10), node("n2", 10), node("n3", 10));
    Recent recent = new Recent();
    for (int i = 0; i < 30; i++) {
      Route.New route = (Route.New) Placer.route(Placement.NOWHERE, nodes, recent, "");
      recent.add(route.node(), client(i), true, NOW.plusSeconds(1));
    }
    assertThat(nodes).allSatisfy(node -> assertThat(recent.rooms(node)).isEqualTo(10));
  }

  @Test
  void whatIsInTheReportIsNotCountedAgain() {
    Recent placedBefore = recentWith("n1", client(0), true, NOW.minusSeconds(6));
    Recent placedSince = recentWith("n1", client(0), true, NOW.minusSeconds(4));
    List<NodeReport> nodes = List.of(node("n1", 10), node("n2", 10));
    assertThat(Placer.route(Placement.NOWHERE, nodes, placedBefore, ""))
        .isEqualTo(new Route.New("n1", Part.Purpose.MAIN));
    assertThat(Placer.route(Placement.NOWHERE, nodes, placedSince, ""))
        .isEqualTo(new Route.New("n2", Part.Purpose.MAIN));
  }

  @ParameterizedTest
  @EnumSource(value = State.class, mode = EnumSource.Mode.EXCLUDE, names = "SERVING")
  void aNodeThatDoesNotServeTakesNothingNew(State state) {
    NodeReport away = node("n1", 0, "", state);
    assertThat(route(Placement.NOWHERE, away, node("n2", 400)))
        .isEqualTo(new Route.New("n2", Part.Purpose.MAIN));
    assertThat(route(Placement.NOWHERE, away))
        .isEqualTo(new Route.Nowhere(Route.Reason.NO_NODE_SERVES));
  }

  @Test
  void aRoomStaysWhereItLives() {
    Placement here = Placement.NOWHERE.with("n1", Part.Purpose.MAIN);
    assertThat(route(here, node("n1", 499), node("n2", 0)))
        .isEqualTo(new Route.Existing(here.parts().getFirst()));
  }

  @Test
  void aFullNodeSpillsToASecondOneAndTheSecondIsUsedOn() {
    Placement here = Placement.NOWHERE.with("n1", Part.Purpose.MAIN);
    assertThat(route(here, node("n1", 500), node("n2", 0)))
        .isEqualTo(new Route.New("n2", Part.Purpose.SPILL));
    Placement both = here.with("n2", Part.Purpose.SPILL);
    assertThat(route(both, node("n1", 500), node("n2", 10), node("n3", 0)))
        .isEqualTo(new Route.Existing(both.parts().getLast()));
    assertThat(route(both, node("n1", 499), node("n2", 10)))
        .isEqualTo(new Route.Existing(both.parts().getFirst()));
    assertThat(both.doubles()).isEmpty();
  }

  @Test
  void aDrainingNodeSendsJoinersToASecondPlace() {
    Placement here = Placement.NOWHERE.with("n1", Part.Purpose.MAIN);
    assertThat(route(here, node("n1", 10, "", State.DRAINING), node("n2", 20)))
        .isEqualTo(new Route.New("n2", Part.Purpose.SPILL));
  }

  @Test
  void participantsOnTheirWayFillANodeToo() {
    Placement here = Placement.NOWHERE.with("n1", Part.Purpose.MAIN);
    Recent recent = recentWith("n1", client(0), false, NOW);
    assertThat(Placer.route(here, List.of(node("n1", 499), node("n2", 0)), recent, ""))
        .isEqualTo(new Route.New("n2", Part.Purpose.SPILL));
  }

  @Test
  void whenEveryNodeIsFullThatIsSaid() {
    assertThat(route(Placement.NOWHERE, node("n1", 500), node("n2", 777)))
        .isEqualTo(new Route.Nowhere(Route.Reason.ALL_NODES_FULL));
  }

  @Test
  void stressIsTheScarcestOfTheLimits() {
    NodeReport node =
        new NodeReport("n", "", State.SERVING, 1, 10, 90, 50, new Limits(100, 100, 100), NOW);
    assertThat(node.stress()).isEqualTo(0.9);
    NodeReport noLimits =
        new NodeReport("n", "", State.SERVING, 1, 10, 90, 50, new Limits(0, 0, 0), NOW);
    assertThat(noLimits.stress()).isZero();
    assertThat(route(Placement.NOWHERE, noLimits)).isEqualTo(new Route.New("n", Part.Purpose.MAIN));
    NodeReport tracksFull =
        new NodeReport("n", "", State.SERVING, 1, 10, 100, 50, new Limits(100, 100, 100), NOW);
    assertThat(route(Placement.NOWHERE, tracksFull))
        .isEqualTo(new Route.Nowhere(Route.Reason.ALL_NODES_FULL));
  }

  @Test
  void aMoveGoesToAnotherServingNode() {
    Placement here = Placement.NOWHERE.with("n1", Part.Purpose.MAIN);
    assertThat(Placer.target(here, List.of(node("n1", 0), node("n2", 9)), new Recent(), ""))
        .hasValue("n2");
    assertThat(Placer.target(here, List.of(node("n1", 0)), new Recent(), "")).isEmpty();
  }

  @Test
  void aMoveNeverGoesToANodeThatDoesNotServeOrHasASecondPartOfTheRoom() {
    Placement both = Placement.NOWHERE.with("n1", Part.Purpose.MAIN).with("n2", Part.Purpose.SPILL);
    NodeReport draining = node("n3", 0, "", State.DRAINING);
    List<NodeReport> nodes = List.of(node("n1", 0), node("n2", 0), draining, node("n4", 499));
    assertThat(Placer.target(both, nodes, new Recent(), "")).hasValue("n4");
    assertThat(Placer.target(both, List.of(draining), new Recent(), "")).isEmpty();
  }

  @Test
  void aRoomInTwoPartsBecomesOneWhenThereIsNoOtherNode() {
    Placement both = Placement.NOWHERE.with("n1", Part.Purpose.MAIN).with("n2", Part.Purpose.SPILL);
    assertThat(Placer.target(both, List.of(node("n2", 10)), new Recent(), "")).hasValue("n2");
    Placement one = both.moved("n1", "n2");
    assertThat(one.live()).containsExactly(new Part("n2", 3, Part.Purpose.MAIN, Part.State.LIVE));
    assertThat(one.parts()).contains(new Part("n1", 1, Part.Purpose.MAIN, Part.State.LEAVING));
    assertThat(one.merge(both)).isEqualTo(one);
  }

  @Test
  void aSecondPartMovesWithoutTheFirst() {
    Placement both = Placement.NOWHERE.with("n1", Part.Purpose.MAIN).with("n2", Part.Purpose.SPILL);
    Placement after = both.moved("n2", "n3");
    assertThat(after.primary().orElseThrow().node()).isEqualTo("n1");
    assertThat(after.at("n3")).contains(new Part("n3", 3, Part.Purpose.SPILL, Part.State.LIVE));
    Placement mainMoved = both.moved("n1", "n3");
    assertThat(mainMoved.primary().orElseThrow().node()).as("not the second place").isEqualTo("n3");
    assertThat(mainMoved.doubles()).isEmpty();
  }

  @Test
  void clientsOfARoomGoToItsOwnPlaceUnlessThatIsFullOrBeingEmptied() {
    Placement both = Placement.NOWHERE.with("n1", Part.Purpose.MAIN).with("n2", Part.Purpose.SPILL);
    assertThat(open(both, node("n1", 499), node("n2", 0))).isEqualTo("n1");
    assertThat(open(both, node("n1", 500), node("n2", 0))).isEqualTo("n2");
    assertThat(open(both, node("n1", 1, "", State.DRAINING), node("n2", 0))).isEqualTo("n2");
    assertThat(open(both, node("n1", 1, "", State.UNREACHABLE), node("n2", 0)))
        .as("the gate finds out whether it is dead")
        .isEqualTo("n1");
    assertThat(open(both.moved("n1", "n3"), node("n3", 1), node("n2", 0))).isEqualTo("n3");
    assertThat(open(both, node("n1", 500), node("n2", 500))).isEqualTo("nowhere");
    assertThat(open(both, node("n1", 1, "", State.DRAINED))).isEqualTo("nowhere");
  }

  private static String open(Placement placement, NodeReport... nodes) {
    return Placer.open(placement, List.of(nodes), new Recent()).map(Part::node).orElse("nowhere");
  }

  @Test
  void aMoveStaysInTheRegionIfItCan() {
    Placement here = Placement.NOWHERE.with("n1", Part.Purpose.MAIN);
    NodeReport near = node("near", 400, "eu", State.SERVING);
    NodeReport far = node("far", 0, "us", State.SERVING);
    assertThat(Placer.target(here, List.of(near, far), new Recent(), "eu")).hasValue("near");
  }

  @Test
  void aRoomOnItsWayCountsAsMuchAsRoomsCostHere() {
    // Rooms of this pool cost a tenth of a node: one on its way outweighs ten participants.
    NodeReport busy = new NodeReport("n1", "", State.SERVING, 1, 50, 0, 0, Limits.DEFAULT, NOW);
    NodeReport idler = new NodeReport("n2", "", State.SERVING, 1, 40, 0, 0, Limits.DEFAULT, NOW);
    Recent one = recentWith("n2", client(0), true, NOW);
    assertThat(Placer.route(Placement.NOWHERE, List.of(busy, idler), one, ""))
        .isEqualTo(new Route.New("n1", Part.Purpose.MAIN));
    // Cheap rooms: a hundred of them make up the same stress, and one more is nothing.
    NodeReport busyWithMany =
        new NodeReport("n1", "", State.SERVING, 100, 50, 0, 0, Limits.DEFAULT, NOW);
    NodeReport idlerWithMany =
        new NodeReport("n2", "", State.SERVING, 100, 40, 0, 0, Limits.DEFAULT, NOW);
    assertThat(Placer.route(Placement.NOWHERE, List.of(busyWithMany, idlerWithMany), one, ""))
        .isEqualTo(new Route.New("n2", Part.Purpose.MAIN));
  }

  @Test
  void aClientThatAsksSeveralTimesWhileItJoinsIsOneParticipant() {
    Recent recent = new Recent();
    for (int asked = 0; asked < 5; asked++) {
      for (int person = 0; person < 400; person++) {
        recent.add("n1", client(person), person == 0 && asked == 0, NOW);
      }
    }
    assertThat(recent.participants(node("n1", 0))).isEqualTo(400);
    assertThat(recent.rooms(node("n1", 0))).isEqualTo(1);
  }

  @Test
  void aCallIsNotClosedToItsOwnJoinersWhenEveryNodeIsFull() {
    Placement here = Placement.NOWHERE.with("n1", Part.Purpose.MAIN);
    assertThat(route(here, node("n1", 500), node("n2", 500)))
        .isEqualTo(new Route.Existing(here.live().getFirst()));
  }

  @Test
  void whatWasPlacedLongAgoIsForgotten() {
    Recent recent = new Recent();
    recent.add("n1", client(0), true, NOW);
    recent.add("n1", client(50), true, NOW.plusSeconds(50));
    assertThat(recent.size()).isEqualTo(2);
    recent.add("n2", client(61), true, NOW.plusSeconds(61));
    assertThat(recent.size()).isEqualTo(2);
    assertThat(recent.participants(node("n1", 0))).isEqualTo(1);
    recent.add("n2", client(200), true, NOW.plusSeconds(200));
    assertThat(recent.size()).isEqualTo(1);
    assertThat(recent.participants(node("n1", 0))).isZero();
  }

  @Test
  void aSecondPlaceOnTheSameNodeIsNone() {
    Placement here = Placement.NOWHERE.with("n1", Part.Purpose.MAIN);
    assertThat(here.with("n1", Part.Purpose.SPILL)).isEqualTo(here);
  }

  @Test
  void ofTwoWordsAboutOnePartTheLaterStateAndTheFirstPurposeHold() {
    Part main = new Part("n1", 1, Part.Purpose.MAIN, Part.State.LIVE);
    Part found = new Part("n1", 1, Part.Purpose.FOUND, Part.State.LEAVING);
    Placement merged = new Placement(List.of(main)).merge(new Placement(List.of(found)));
    assertThat(merged.parts())
        .containsExactly(new Part("n1", 1, Part.Purpose.MAIN, Part.State.LEAVING));
    assertThat(new Placement(List.of(found)).merge(new Placement(List.of(main)))).isEqualTo(merged);
  }

  @Test
  void twoReplicasThatPlaceARoomAtOnceEndWithOnePrimary() {
    Placement one = Placement.NOWHERE.with("n2", Part.Purpose.MAIN);
    Placement other = Placement.NOWHERE.with("n1", Part.Purpose.MAIN);
    Placement merged = one.merge(other);
    assertThat(merged).isEqualTo(other.merge(one));
    assertThat(merged.primary().orElseThrow().node()).isEqualTo("n1");
    assertThat(merged.doubles()).extracting(Part::node).containsExactly("n2");
    assertThat(merged.merge(one)).isEqualTo(merged);
  }

  @Test
  void twoReplicasThatCameToTheSameNodeLeaveItToNobody() {
    Placement one = Placement.NOWHERE.with("n1", Part.Purpose.MAIN);
    Placement other = Placement.NOWHERE.with("n2", Part.Purpose.MAIN).moved("n2", "n1");
    Placement merged = one.merge(other);
    assertThat(merged.doubles()).isEmpty();
    assertThat(merged.isOver("n1", 1)).isFalse();
    assertThat(merged.isOver("n1", 2)).isFalse();
    assertThat(merged.isOver("n2", 1)).isTrue();
  }

  @Test
  void aPlaceIsOverWhenTheRoomIsKnownToHaveLeftItForAnother() {
    Placement moved = Placement.NOWHERE.with("n1", Part.Purpose.MAIN).moved("n1", "n2");
    assertThat(moved.isOver("n1", 1)).isTrue();
    assertThat(moved.isOver("n2", 2)).isFalse();
    assertThat(moved.isOver("n3", 3)).as("not heard of yet").isFalse();
    assertThat(moved.gone("n2").isOver("n1", 1)).as("nowhere to go").isFalse();
  }

  @Test
  void aMoveMakesTheNewPlacePrimaryAndAnOldCopyCannotUndoIt() {
    Placement before = Placement.NOWHERE.with("n1", Part.Purpose.MAIN);
    Placement after = before.moved("n1", "n2");
    assertThat(after.primary().orElseThrow())
        .isEqualTo(new Part("n2", 2, Part.Purpose.MAIN, Part.State.LIVE));
    assertThat(after.merge(before)).isEqualTo(after);
    Placement back = after.moved("n2", "n1");
    assertThat(back.primary().orElseThrow())
        .isEqualTo(new Part("n1", 3, Part.Purpose.MAIN, Part.State.LIVE));
  }

  @Test
  void theNodesOwnListsAreTheTruth() {
    Placement moved = Placement.NOWHERE.with("n1", Part.Purpose.MAIN).moved("n1", "n2");
    Placement stillThere = moved.found(List.of("n1", "n2"), List.of("n1", "n2"));
    assertThat(stillThere).isEqualTo(moved);
    Placement left = moved.found(List.of("n2"), List.of("n1", "n2"));
    assertThat(states(left))
        .containsOnly(Map.entry("n1", Part.State.GONE), Map.entry("n2", Part.State.LIVE));
    assertThat(moved.found(List.of(), List.of("n2"))).isEqualTo(moved);
    Placement found = left.found(List.of("n3"), List.of("n3"));
    assertThat(found.live()).extracting(Part::node).containsExactly("n2", "n3");
    assertThat(found.doubles()).isEmpty();
    assertThat(found.gone("n2").primary().orElseThrow().node()).isEqualTo("n3");
  }

  @Test
  void placementsMergeInAnyOrder() {
    List<Placement> all =
        IntStream.range(0, 4)
            .mapToObj(i -> Placement.NOWHERE.with("n" + (i % 3), Part.Purpose.values()[i % 3]))
            .map(p -> p.moved(p.parts().getFirst().node(), "n9"))
            .toList();
    Placement forth = all.stream().reduce(Placement.NOWHERE, Placement::merge);
    Placement back = all.reversed().stream().reduce(Placement.NOWHERE, Placement::merge);
    assertThat(forth).isEqualTo(back);
  }

  private static Map<String, Part.State> states(Placement placement) {
    return placement.parts().stream().collect(Collectors.toMap(Part::node, Part::state));
  }

  private static Route route(Placement placement, NodeReport... nodes) {
    return Placer.route(placement, List.of(nodes), new Recent(), "");
  }

  private static NodeReport node(String name, int participants) {
    return node(name, participants, "", State.SERVING);
  }

  private static String client(int i) {
    return "@u" + i + ":a:D";
  }

  private static NodeReport node(String name, int participants, String region, State state) {
    return new NodeReport(
        name, region, state, participants / 4, participants, 0, 0, Limits.DEFAULT, NOW);
  }

  private static Recent recentWith(String node, String identity, boolean newRoom, Instant at) {
    Recent recent = new Recent();
    recent.add(node, identity, newRoom, at);
    return recent;
  }
}
