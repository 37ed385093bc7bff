package dev.weir.session.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.weir.session.Role;
import dev.weir.session.Site;
import dev.weir.session.Spot;
import dev.weir.session.plan.Carried;
import dev.weir.session.plan.Leg;
import dev.weir.session.plan.Plan;
import dev.weir.session.plan.Rule;
import dev.weir.session.slot.SlotEvent;
import dev.weir.session.view.Held;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SessionPropertiesTest {

  @Test
  void everyViewerFindsEveryPublisherWhereItLooks() {
    Generated.sessions(
        "reach",
        Scenario.Flavour.MIXED,
        scenario -> {
          World world = healed(scenario);
          assertReach(world, world.clients);
        });
  }

  @Test
  void nobodyIsEverKickedByARelayedIdentity() {
    Generated.sessions(
        "no kicks",
        Scenario.Flavour.MIXED,
        scenario -> {
          World world = healed(scenario);
          world.relayAll();
          assertThat(world.liveKit.nativesKickedByRelays()).isEmpty();
        });
  }

  @Test
  void noPublisherCrossesALinkTwiceAndNoIdentityIsTwiceInARoom() {
    Generated.sessions(
        "once",
        Scenario.Flavour.MIXED,
        scenario -> {
          World world = new World(scenario);
          for (Op op : scenario.ops()) {
            world.run(op);
            world.siteList.forEach(SessionPropertiesTest::assertOnce);
          }
        });
  }

  @Test
  void everySourceIsNativeAndEveryTargetIsOurs() {
    Generated.sessions(
        "no loop",
        Scenario.Flavour.MIXED,
        scenario -> {
          World world = healed(scenario);
          for (SimSite site : world.siteList) {
            for (Leg leg : site.plan().all()) {
              for (Carried carried : leg.carries().values()) {
                LiveKit.@Nullable Participant source =
                    world.liveKit.at(leg.source(), carried.identity());
                assertThat(source).as("%s of %s", carried.identity(), leg.source()).isNotNull();
                assertThat(source != null && source.isNative()).isTrue();
                assertThat(carried.targets().keySet()).allMatch(t -> t.site().equals(site.self));
              }
            }
          }
        });
  }

  @Test
  void nothingIsRelayedIntoARoomWithoutAViewer() {
    Generated.sessions(
        "thrift",
        Scenario.Flavour.MIXED,
        scenario -> {
          World world = new World(scenario);
          for (Op op : scenario.ops()) {
            world.run(op);
            for (SimSite site : world.siteList) {
              Set<Spot> viewed = new HashSet<>();
              site.state
                  .attachments()
                  .keySet()
                  .forEach(k -> viewed.add(Spot.of(site.self, k.node(), k.room())));
              site.state.moves().forEach(m -> viewed.add(Spot.of(site.self, m.to(), m.room())));
              for (Leg leg : site.plan().all()) {
                assertThat(viewed).containsAll(leg.targets());
              }
            }
          }
        });
  }

  @Test
  void aCallOfMultiSfuClientsNeedsTheFirstRuleOnly() {
    Generated.sessions(
        "only R1",
        Scenario.Flavour.MULTI_SFU_ONLY,
        scenario -> {
          World world = healed(scenario);
          for (SimSite site : world.siteList) {
            for (Leg leg : site.plan().all()) {
              for (Carried carried : leg.carries().values()) {
                assertThat(carried.targets().values()).containsOnly(Rule.R1);
              }
            }
          }
        });
  }

  @Test
  void anUnchangedSlotKeepsItsPlan() {
    Generated.sessions(
        "steady",
        Scenario.Flavour.MIXED,
        scenario -> {
          World world = healed(scenario);
          Map<Site, Plan> before = plans(world);
          for (SimSite site : world.siteList) {
            site.poll(world.now).forEach(event -> world.apply(site, event));
            world.apply(site, new SlotEvent.Tick());
          }
          world.network.addAll(world.sent);
          while (!world.network.isEmpty()) {
            World.Message message = world.network.removeLast();
            SimSite to = java.util.Objects.requireNonNull(world.sites.get(message.to()));
            if (!(message.event() instanceof SlotEvent.PeerHint)) {
              to.apply(message.event(), world.now);
            }
          }
          assertThat(plans(world)).isEqualTo(before);
        });
  }

  @Test
  void theOrderOfMessagesDoesNotMatter() {
    Generated.sessions(
        "order",
        Scenario.Flavour.MIXED,
        scenario -> {
          World world = new World(scenario);
          scenario.ops().forEach(world::run);
          List<World.Message> messages = new ArrayList<>(world.sent);
          Random random = new Random(scenario.hashCode());
          Site observer = Site.of("observer");
          SimSite one = observer(world, observer, messages);
          Collections.shuffle(messages, random);
          messages.addAll(messages.subList(0, messages.size() / 3));
          SimSite other = observer(world, observer, messages);
          assertThat(other.state.view().content()).isEqualTo(one.state.view().content());
          assertThat(other.plan()).isEqualTo(one.plan());
        });
  }

  @Test
  void sitesThatSawTheSameRecordsAgree() {
    Generated.sessions(
        "agreement",
        Scenario.Flavour.MIXED,
        scenario -> {
          World world = healed(scenario);
          for (SimSite writer : world.siteList) {
            for (SimSite reader : world.siteList) {
              if (reader != writer
                  && !writer.state.attachments().isEmpty()
                  && !reader.state.attachments().isEmpty()) {
                assertThat(records(reader, writer.self)).isEqualTo(records(writer, writer.self));
              }
            }
          }
        });
  }

  @Test
  void insideOneSiteEverybodyFindsEverybodyEvenWhenItIsAlone() {
    Generated.sessions(
        "partition",
        Scenario.Flavour.MIXED,
        scenario -> {
          World world = healed(scenario);
          for (int i = 0; i < world.siteList.size(); i++) {
            for (int j = 0; j < i; j++) {
              world.run(new Op(Op.Kind.CUT, i, j));
            }
          }
          world.settle();
          for (SimSite site : world.siteList) {
            assertReach(
                world, world.clients.stream().filter(c -> c.home.equals(site.self)).toList());
          }
        });
  }

  private static World healed(Scenario scenario) {
    World world = new World(scenario);
    scenario.ops().forEach(world::run);
    world.heal();
    return world;
  }

  private static void assertReach(World world, List<SimClient> among) {
    for (SimClient viewer : among) {
      for (SimClient publisher : among) {
        SimClient.@Nullable Connection source = publisher.publishesIn();
        if (viewer == publisher || !viewer.inCall || source == null) {
          continue;
        }
        SimClient.@Nullable Connection room = viewer.looksIn(publisher, world.clients);
        if (room == null) {
          fail("%s has no connection to look for %s in", viewer, publisher);
          return;
        }
        assertThat(room.role()).isNotEqualTo(Role.DIRECT);
        assertThat(world.liveKit.room(room.spot()).keySet())
            .as("%s looks for %s in %s, published in %s", viewer, publisher, room, source)
            .contains(source.identity());
      }
    }
  }

  private static void assertOnce(SimSite site) {
    Map<Site, Set<String>> crossing = new TreeMap<>();
    Map<Spot, Set<String>> rooms = new TreeMap<>();
    site.state
        .attachments()
        .keySet()
        .forEach(
            k ->
                rooms
                    .computeIfAbsent(Spot.of(site.self, k.node(), k.room()), s -> new HashSet<>())
                    .add(k.identity()));
    for (Leg leg : site.plan().all()) {
      for (Carried carried : leg.carries().values()) {
        boolean first =
            crossing
                .computeIfAbsent(leg.source().site(), s -> new HashSet<>())
                .add(carried.identity());
        assertThat(first || leg.source().site().equals(site.self))
            .as("%s crosses once", carried.identity())
            .isTrue();
        for (Spot target : carried.targets().keySet()) {
          assertThat(rooms.computeIfAbsent(target, s -> new HashSet<>()).add(carried.identity()))
              .as("%s is once in %s", carried.identity(), target)
              .isTrue();
        }
      }
    }
  }

  private static SimSite observer(World world, Site self, List<World.Message> messages) {
    SimSite site = new SimSite(self, 1, World.SLOT, new LiveKit(), world.now);
    for (World.Message message : messages) {
      if (!(message.event() instanceof SlotEvent.PeerHint)) {
        site.apply(message.event(), world.now);
      }
    }
    return site;
  }

  private static Map<Site, Plan> plans(World world) {
    Map<Site, Plan> plans = new TreeMap<>();
    world.siteList.forEach(site -> plans.put(site.self, site.plan()));
    return plans;
  }

  private static List<String> records(SimSite reader, Site writer) {
    return reader.state.view().live().stream()
        .map(Held::record)
        .filter(r -> r.writer().equals(writer) && !r.hosted())
        .map(Object::toString)
        .sorted()
        .toList();
  }
}
