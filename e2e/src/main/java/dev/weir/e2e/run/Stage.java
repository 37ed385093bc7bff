package dev.weir.e2e.run;

import dev.weir.e2e.process.Processes;
import dev.weir.e2e.stack.HomeSite;
import java.nio.file.Path;
import java.util.List;

/** Where a call takes place: federated sites that run, and their people. */
public interface Stage extends AutoCloseable {
  List<? extends HomeSite> sites();

  People people();

  /** The programs of this machine that the stage stands on. */
  Processes processes();

  Path logs();

  /** Bytes of media that the routers' relays have pulled from partners. */
  long relayedBytes();

  /** A site in lines for a person: what it is made of, and where that is. */
  List<String> describe(HomeSite site);

  @Override
  void close();
}
