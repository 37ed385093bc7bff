package dev.weir.service.slots;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.weir.service.config.ConfigDirectory;
import dev.weir.service.config.Configuration;
import dev.weir.service.config.ProcessRole;
import dev.weir.service.config.RouterSettings;
import dev.weir.service.config.WatchedConfiguration;
import dev.weir.session.Attachment;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.name.Identities;
import dev.weir.session.name.Scheme;
import dev.weir.session.slot.SlotEvent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** The shared state as one replica has it, on a real member of the cluster. */
final class TestReplica implements AutoCloseable {
  static final Site A = Site.of("a.test");

  final HazelcastInstance hazelcast;
  final Replica replica;
  final Slots slots;
  final Rooms rooms;
  final Reports reports;
  final GateSecret secret;
  final List<SlotChange> heard = new CopyOnWriteArrayList<>();

  TestReplica(Path config, String address, String advertised, String members, String secret)
      throws Exception {
    this(config, address, advertised, members, secret, Set.of(ProcessRole.values()));
  }

  TestReplica(
      Path config,
      String address,
      String advertised,
      String members,
      String secret,
      Set<ProcessRole> roles)
      throws Exception {
    Config of =
        Cluster.config(
            new RouterSettings(
                config,
                "",
                roles,
                true,
                Optional.of(members),
                Optional.empty(),
                Optional.of(address),
                Optional.of(advertised),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
    of.setProperty("hazelcast.logging.type", "none");
    of.setProperty("hazelcast.merge.first.run.delay.seconds", "1");
    of.setProperty("hazelcast.merge.next.run.delay.seconds", "1");
    hazelcast = Hazelcast.newHazelcastInstance(of);
    replica = new Replica(hazelcast);
    Upheavals upheavals = new Upheavals(hazelcast);
    Configuration sites = new WatchedConfiguration(ConfigDirectory.read(config));
    InstantSource clock = InstantSource.system();
    Epochs epochs = new Epochs(hazelcast, replica, clock);
    reports = new Reports(hazelcast, sites, clock, upheavals);
    slots =
        new Slots(hazelcast, sites, epochs, replica, clock, upheavals, new SimpleMeterRegistry());
    rooms = new Rooms(hazelcast, reports, slots, clock, upheavals);
    slots.onChange(heard::add);
    this.secret = new GateSecret(secret.getBytes(StandardCharsets.UTF_8), hazelcast, upheavals);
  }

  Attachment join(SlotId slot, String name, String node) {
    Member member = Member.legacy("@" + name + ":a.test", "D");
    Attachment attachment =
        new Attachment(
            new Attachment.Key(
                node, Room.home(A), Identities.of(member, Scheme.USER_DEVICE, Role.OWN)),
            "PA_" + name,
            member,
            Role.OWN,
            true,
            Instant.now());
    slots.apply(A, slot, new SlotEvent.Joined(attachment));
    return attachment;
  }

  Set<Attachment.Key> attached(SlotId slot) {
    return slots.find(A, slot).map(state -> state.attachments().keySet()).orElse(Set.of());
  }

  @Override
  public void close() {
    slots.close();
    hazelcast.getLifecycleService().terminate();
  }
}
