package dev.weir.e2e.run;

import dev.weir.e2e.call.Browsers;
import dev.weir.e2e.call.CallUser;
import dev.weir.e2e.call.ElementCall;
import dev.weir.e2e.call.HostPage;
import dev.weir.e2e.matrix.MatrixUser;
import dev.weir.e2e.process.Processes;
import dev.weir.e2e.stack.Federation;
import dev.weir.e2e.stack.Secrets;
import dev.weir.e2e.stack.Site;
import dev.weir.e2e.stack.Toolbox;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Sites that run, and the people of one room at their Element Calls. */
public final class Run implements AutoCloseable {
  private final Path folder;
  private final Toolbox tools;
  private final boolean headless;
  private final Secrets secrets = new Secrets();
  private final Processes processes;
  private final Federation federation;
  private final List<CallUser> people = new ArrayList<>();
  private final List<AutoCloseable> open = new ArrayList<>();

  /**
   * @param folder for configuration, data and logs; the caller removes it
   * @param peered with Weir's peering; without, each client connects to every site's SFU as it does
   *     today
   */
  public Run(Toolbox tools, Path folder, int sites, boolean peered, boolean headless) {
    this.tools = tools;
    this.folder = folder;
    this.headless = headless;
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
    MatrixUser creator = users.getFirst();
    String room = creator.createEncryptedRoom("Weir");
    for (MatrixUser user : users.subList(1, users.size())) {
      user.join(room, List.of(creator.site().address().serverName()));
    }
    return room;
  }

  public MatrixUser register(String name, Site site) {
    return MatrixUser.register(site, name, secrets);
  }

  public MatrixUser secondDevice(MatrixUser user) {
    return user.logInElsewhere(secrets);
  }

  /** Ends what people left open, and forgets them. */
  public void sendEverybodyHome() {
    people.forEach(CallUser::close);
    people.clear();
  }

  /** Seats a user in front of a browser of their own. */
  public CallUser seat(MatrixUser user, ElementCall build) {
    CallUser person = new CallUser(user, build, browsers(), hostPage(), secrets);
    people.add(person);
    return person;
  }

  public Federation federation() {
    return federation;
  }

  public Processes processes() {
    return processes;
  }

  public Secrets secrets() {
    return secrets;
  }

  public Path logs() {
    return folder.resolve("logs");
  }

  public List<CallUser> people() {
    return List.copyOf(people);
  }

  /**
   * For the search in all logs at the end of a test run; a run of a person removes the whole
   * folder.
   */
  private void writeSecrets() {
    StringBuilder text = new StringBuilder();
    secrets
        .known()
        .forEach((secret, name) -> text.append(name).append('\t').append(secret).append('\n'));
    Secrets.writePrivately(folder.resolve("secrets.tsv"), text.toString());
  }

  private Browsers browsers() {
    return opened(Browsers.class, () -> new Browsers(tools, folder, headless));
  }

  private HostPage hostPage() {
    return opened(HostPage.class, () -> new HostPage(tools, folder.resolve("web")));
  }

  /** Browsers and the page are only started for runs that show calls. */
  private <T extends AutoCloseable> T opened(
      Class<T> type, java.util.function.Supplier<T> starter) {
    for (AutoCloseable candidate : open) {
      if (type.isInstance(candidate)) {
        return type.cast(candidate);
      }
    }
    T started = starter.get();
    open.add(started);
    return started;
  }

  @Override
  public void close() {
    people.clear();
    for (AutoCloseable part : open.reversed()) {
      try {
        part.close();
      } catch (Exception e) {
        // The browsers may be gone already (Ctrl-C reaches them too); the programs must end all the
        // same.
        System.err.println("while closing: " + e.getMessage());
      }
    }
    open.clear();
    processes.close();
    writeSecrets();
  }
}
