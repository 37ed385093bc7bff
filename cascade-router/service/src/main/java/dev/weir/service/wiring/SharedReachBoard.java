package dev.weir.service.wiring;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.weir.service.config.ProcessRole;
import dev.weir.service.gate.ReachBoard;
import dev.weir.service.slots.Replica;
import dev.weir.session.codec.SessionCodec;
import dev.weir.session.move.NodeWatch.Report;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** What the replicas' gates have found of each node, in the shared memory. */
@Singleton
final class SharedReachBoard implements ReachBoard {
  private static final long REMEMBERED_SECONDS = 60;

  private final Replica replica;
  private final IMap<String, byte[]> map;

  SharedReachBoard(HazelcastInstance hazelcast, Replica replica) {
    this.replica = replica;
    this.map = hazelcast.getMap("weir.reach");
  }

  @Override
  public String self() {
    return replica.name();
  }

  @Override
  public Set<String> replicas() {
    return replica.living();
  }

  @Override
  public int gates() {
    return replica.members(ProcessRole.GATE);
  }

  @Override
  public void put(String node, Report report) {
    map.set(
        node + "\n" + report.replica(),
        SessionCodec.write(report),
        REMEMBERED_SECONDS,
        TimeUnit.SECONDS);
  }

  @Override
  public List<Report> of(String node) {
    List<Report> reports = new ArrayList<>();
    for (String name : replicas()) {
      byte[] bytes = map.get(node + "\n" + name);
      if (bytes != null) {
        reports.add(SessionCodec.read(bytes, Report.class));
      }
    }
    return reports;
  }
}
