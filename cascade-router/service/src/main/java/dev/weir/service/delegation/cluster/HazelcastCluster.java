package dev.weir.service.delegation.cluster;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.partition.MigrationListener;
import com.hazelcast.partition.MigrationState;
import com.hazelcast.partition.ReplicaMigrationEvent;
import com.hazelcast.topic.ITopic;
import dev.weir.service.config.ProcessRole;
import dev.weir.service.slots.Replica;
import dev.weir.session.delegation.JobKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Jobs shared through Hazelcast: of each member, one replica runs them. Only text is shared, so
 * nothing has to be trusted when it is read.
 */
public final class HazelcastCluster implements Cluster {
  private static final String MAP = "weir.jobs";
  private static final String NEWS = "weir.jobs.news";
  private static final long PATIENCE_SECONDS = 2;

  private final HazelcastInstance hazelcast;
  private final Replica replica;
  private final IMap<String, String> kept;
  private final ITopic<String> news;
  private final List<Runnable> registrations = new ArrayList<>();

  public HazelcastCluster(HazelcastInstance hazelcast, Replica replica) {
    this.hazelcast = hazelcast;
    this.replica = replica;
    this.kept = hazelcast.getMap(MAP);
    this.news = hazelcast.getTopic(NEWS);
  }

  @Override
  public String replica() {
    return replica.name();
  }

  private static String name(JobKey key) {
    return String.join("\n", key.site(), key.roomId(), key.slotId(), key.user(), key.device());
  }

  @Override
  public boolean owns(JobKey key) {
    return owns(name(key));
  }

  /** Gates are replicas too, but they have no job table. */
  private boolean owns(String name) {
    return replica.owns(ProcessRole.ROUTER, name);
  }

  @Override
  public void tellAll(Message message) {
    try {
      news.publish(Wire.write(message));
    } catch (HazelcastException e) {
      // Shutting down: the SFUs will tell the others when they are asked.
    }
  }

  @Override
  public boolean tellOwner(JobKey key, Message message) {
    try {
      // Everybody hears it; whoever owns the key acts.
      news.publishAsync(Wire.write(message))
          .toCompletableFuture()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return true;
    } catch (HazelcastException | ExecutionException | TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void keep(JobKey key, String snapshot) {
    quietly(() -> kept.setAsync(name(key), snapshot));
  }

  @Override
  public void forget(JobKey key) {
    quietly(() -> kept.removeAsync(name(key)));
  }

  private static void quietly(Runnable work) {
    try {
      work.run();
    } catch (HazelcastException e) {
      // The table still has it.
    }
  }

  @Override
  public Collection<String> keptHere() {
    try {
      return kept.getAll(kept.keySet().stream().filter(this::owns).collect(Collectors.toSet()))
          .values();
    } catch (HazelcastException e) {
      return List.of();
    }
  }

  @Override
  public void listen(Consumer<Message> messages, Runnable ownersChanged) {
    UUID heard =
        news.addMessageListener(
            message -> Wire.message(message.getMessageObject()).ifPresent(messages));
    registrations.add(() -> news.removeMessageListener(heard));
    UUID members =
        hazelcast
            .getCluster()
            .addMembershipListener(
                new MembershipListener() {
                  @Override
                  public void memberAdded(MembershipEvent event) {
                    ownersChanged.run();
                  }

                  @Override
                  public void memberRemoved(MembershipEvent event) {
                    ownersChanged.run();
                  }
                });
    registrations.add(() -> hazelcast.getCluster().removeMembershipListener(members));
    UUID migrations =
        hazelcast
            .getPartitionService()
            .addMigrationListener(
                new MigrationListener() {
                  @Override
                  public void migrationStarted(MigrationState state) {}

                  @Override
                  public void migrationFinished(MigrationState state) {
                    ownersChanged.run();
                  }

                  @Override
                  public void replicaMigrationCompleted(ReplicaMigrationEvent event) {}

                  @Override
                  public void replicaMigrationFailed(ReplicaMigrationEvent event) {}
                });
    registrations.add(() -> hazelcast.getPartitionService().removeMigrationListener(migrations));
  }

  @Override
  public void close() {
    registrations.forEach(HazelcastCluster::quietly);
  }
}
