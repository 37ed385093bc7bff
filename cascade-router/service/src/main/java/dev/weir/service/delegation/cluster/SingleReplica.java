package dev.weir.service.delegation.cluster;

import dev.weir.session.delegation.JobKey;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/** A deployment of one replica: it owns everything and hears itself. */
public final class SingleReplica implements Cluster {
  private final String replica = UUID.randomUUID().toString();
  private volatile Consumer<Message> messages = message -> {};

  @Override
  public String replica() {
    return replica;
  }

  @Override
  public boolean owns(JobKey key) {
    return true;
  }

  @Override
  public void tellAll(Message message) {
    messages.accept(message);
  }

  @Override
  public boolean tellOwner(JobKey key, Message message) {
    messages.accept(message);
    return true;
  }

  @Override
  public void keep(JobKey key, String snapshot) {}

  @Override
  public void forget(JobKey key) {}

  @Override
  public Collection<String> keptHere() {
    return List.of();
  }

  @Override
  public void listen(Consumer<Message> listener, Runnable ownersChanged) {
    this.messages = listener;
  }

  @Override
  public void close() {}
}
