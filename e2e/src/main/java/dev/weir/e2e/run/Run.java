package dev.weir.e2e.run;

import dev.weir.e2e.call.CallUser;
import dev.weir.e2e.call.ElementCall;
import dev.weir.e2e.matrix.MatrixUser;
import dev.weir.e2e.process.Processes;
import dev.weir.e2e.stack.Federation;
import dev.weir.e2e.stack.HomeSite;
import dev.weir.e2e.stack.Secrets;
import dev.weir.e2e.stack.Site;
import dev.weir.e2e.stack.Toolbox;
import java.nio.file.Path;
import java.util.List;

/**
 * Sites that run as processes of this machine, and the people of one room at their Element Calls.
 */
public final class Run implements Stage {
  private final Path folder;
  private final Secrets secrets = new Secrets();
  private final Processes processes;
  private final Federation federation;
  private final People people;

  /**
   * @param folder for configuration, data and logs; the caller removes it
   * @param peered with Weir's peering; without, each client connects to every site's SFU as it does
   *     today
   */
  public Run(Toolbox tools, Path folder, int sites, boolean peered, boolean headless) {
    this.folder = folder;
    this.people = new People(tools, folder, headless, secrets);
    this.processes = new Processes(folder.resolve("logs"));
    try {
      this.federation = Federation.start(processes, tools, folder, secrets, sites, peered);
    } catch (RuntimeException e) {
      processes.close();
      throw e;
    }
  }

  /** Makes the named users at their sites and puts them in one encrypted room. */
  public String room(List<MatrixUser> users) {
    return people.room(users);
  }

  public MatrixUser register(String name, HomeSite site) {
    return people.register(name, site);
  }

  public MatrixUser secondDevice(MatrixUser user) {
    return people.secondDevice(user);
  }

  /** Ends what people left open, and forgets them. */
  public void sendEverybodyHome() {
    people.sendHome();
  }

  /** Seats a user in front of a browser of their own. */
  public CallUser seat(MatrixUser user, ElementCall build) {
    return people.seat(user, build);
  }

  public Federation federation() {
    return federation;
  }

  @Override
  public List<Site> sites() {
    return federation.sites();
  }

  @Override
  public People people() {
    return people;
  }

  @Override
  public Processes processes() {
    return processes;
  }

  public Secrets secrets() {
    return secrets;
  }

  @Override
  public Path logs() {
    return folder.resolve("logs");
  }

  @Override
  public long relayedBytes() {
    return federation.sites().stream().mapToLong(site -> site.router().relayedBytes()).sum();
  }

  @Override
  public List<String> describe(HomeSite site) {
    return List.of(
        "homeserver  " + site.address().homeserverUrl(),
        "router      " + site.address().routerUrl(),
        "status page " + site.address().managementUrl() + "/",
        "SFU         "
            + site.address().livekitUrl()
            + ", media on UDP "
            + site.address().mediaUdpPort());
  }

  @Override
  public void close() {
    people.close();
    processes.close();
    secrets.writeTo(folder);
  }
}
