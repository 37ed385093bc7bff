package dev.weir.service.delegation.cluster;

import dev.weir.session.delegation.JobKey;
import java.util.Collection;
import java.util.function.Consumer;

/** The replicas of this deployment, as far as jobs are concerned. */
public interface Cluster extends AutoCloseable {
  /** A name for this replica that no other one has or had. */
  String replica();

  /** Whether this replica is to run the jobs of this member now. */
  boolean owns(JobKey key);

  /** Every replica hears it, this one too; some may miss it. */
  void tellAll(Message message);

  /** The owner of the key hears it; false if nobody could be told. */
  boolean tellOwner(JobKey key, Message message);

  /** Lets the next owner of this member's jobs find them. */
  void keep(JobKey key, String snapshot);

  void forget(JobKey key);

  /** What was kept for keys that this replica owns now. */
  Collection<String> keptHere();

  /** Messages, and a call whenever keys may have changed their owner. */
  void listen(Consumer<Message> messages, Runnable ownersChanged);

  @Override
  void close();
}
