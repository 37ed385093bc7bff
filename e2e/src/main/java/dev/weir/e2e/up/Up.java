package dev.weir.e2e.up;

import dev.weir.e2e.call.CallUser;
import dev.weir.e2e.call.ElementCall;
import dev.weir.e2e.cluster.ClusterStage;
import dev.weir.e2e.matrix.MatrixUser;
import dev.weir.e2e.process.ProgramFailed;
import dev.weir.e2e.process.Running;
import dev.weir.e2e.run.CallView;
import dev.weir.e2e.run.Run;
import dev.weir.e2e.run.Stage;
import dev.weir.e2e.run.TemporaryFolder;
import dev.weir.e2e.stack.HomeSite;
import dev.weir.e2e.stack.Secrets;
import dev.weir.e2e.stack.Toolbox;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One call between federated sites on this machine, until the time is up, a part crashes, or the
 * person ends it.
 */
public final class Up {
  private static final List<String> NAMES =
      List.of("alice", "bob", "carol", "dave", "erin", "frank");
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

  private final UpOptions options;
  private final Path folder;
  private final Ending ending;

  private Up(UpOptions options, Path folder, Ending ending) {
    this.options = options;
    this.folder = folder;
    this.ending = ending;
  }

  public static void main(String[] arguments) {
    UpOptions options;
    try {
      options = UpOptions.parse(List.of(arguments));
    } catch (UpOptions.Misunderstood e) {
      System.err.println("weir: " + e.getMessage());
      System.exit(2);
      return;
    }
    Path folder = TemporaryFolder.create();
    // Playwright unpacks its driver here; it must go with the rest.
    System.setProperty("java.io.tmpdir", folder.toString());
    Ending ending = new Ending(folder);
    Runtime.getRuntime().addShutdownHook(new Thread(ending::fromOutside, "ending"));
    int status = new Up(options, folder, ending).run();
    ending.done();
    System.exit(status);
  }

  private int run() {
    Toolbox tools = Toolbox.of(System.getenv());
    try (Stage run = stage(tools)) {
      List<CallUser> people = seat(run);
      Optional<Running> crashed = watch(run, people);
      crashed.ifPresent(part -> System.err.println("weir: " + part.lastWords()));
      return crashed.isPresent() ? 1 : 0;
    } catch (ProgramFailed e) {
      System.err.println("weir: " + e.getMessage());
      return 1;
    } catch (RuntimeException e) {
      if (ending.wanted()) {
        return 0;
      }
      throw e;
    }
  }

  private Stage stage(Toolbox tools) {
    if (options.kubernetes()) {
      say(
          "Starting "
              + options.sites()
              + " sites: Synapse here, chart and pool in the cluster ...");
      return new ClusterStage(
          tools,
          folder,
          options.sites(),
          options.weir(),
          options.headless(),
          ClusterStage.Settings.of(System.getenv()));
    }
    say("Starting " + options.sites() + " sites: Synapse, LiveKit and router each ...");
    return new Run(tools, folder, options.sites(), options.weir(), options.headless());
  }

  private List<CallUser> seat(Stage run) {
    List<MatrixUser> users = new ArrayList<>();
    for (HomeSite site : run.sites()) {
      users.add(run.people().register(NAMES.get(users.size()), site));
    }
    String room = run.people().room(users);
    Path accounts = writeAccounts(users);
    for (HomeSite site : run.sites()) {
      say("");
      say("Site " + site.name() + "   " + site.address().serverName());
      run.describe(site).forEach(line -> say("  " + line));
    }
    say("");
    say("Room          " + room + " (encrypted)");
    say("Accounts      " + String.join(", ", users.stream().map(MatrixUser::userId).toList()));
    say("Passwords     " + accounts);
    say("Logs          " + run.logs());
    say("");
    say("Opening Element Call for each of them ...");
    List<CallUser> people = new ArrayList<>();
    for (MatrixUser user : users) {
      CallUser person = run.people().seat(user, ElementCall.CURRENT);
      person.open(room);
      people.add(person);
    }
    for (CallUser person : people) {
      person.join();
      say("  " + person.name() + " is in the call");
    }
    return people;
  }

  /** Looks at the call now and then, and shows the last look when it ends. */
  private Optional<Running> watch(Stage run, List<CallUser> people) {
    Instant start = Instant.now();
    say("");
    say(
        options
            .duration()
            .map(time -> "The call runs for " + time.toSeconds() + " s.")
            .orElse("The call runs until you press Ctrl-C."));
    Look last = new Look(List.of(), 0);
    Optional<Running> crashed = Optional.empty();
    try {
      while (!ending.wanted() && crashed.isEmpty() && !over(start)) {
        people.getFirst().pause(BETWEEN_LOOKS);
        last = look(run, people);
        crashed = run.processes().crashed();
      }
    } catch (RuntimeException e) {
      // Ctrl-C ends the browsers at the same moment as us.
      if (!ending.wanted()) {
        throw e;
      }
    }
    show(last, Duration.between(start, Instant.now()));
    return crashed;
  }

  private boolean over(Instant start) {
    return options.duration().map(time -> !Instant.now().isBefore(start.plus(time))).orElse(false);
  }

  /**
   * The call at one moment: each client's own view, and what the routers carried between the sites.
   */
  private record Look(List<CallView> views, long relayedBytes) {}

  private static Look look(Stage run, List<CallUser> people) {
    return new Look(
        people.stream().map(person -> CallView.of(person, run.sites())).toList(),
        run.relayedBytes());
  }

  private void show(Look look, Duration time) {
    Table table =
        new Table(
            "client", "attached to the SFU of", "frames decoded", "resolution", "decrypt errors");
    for (CallView view : look.views()) {
      table.row(
          view.user(),
          view.ends(),
          String.valueOf(view.media().framesDecoded()),
          view.media().resolution(),
          String.valueOf(view.media().decryptErrors().size()));
    }
    say("");
    say(
        "After "
            + time.toSeconds()
            + " s"
            + (options.weir() ? "" : ", without Weir's peering")
            + ":");
    say(table.toString());
    long direct =
        look.views().stream()
            .mapToLong(view -> view.bytesFromOtherSites() + view.bytesToOtherSites())
            .sum();
    say(
        "Media between the sites: "
            + megabytes(look.relayedBytes())
            + " through the routers' relays, "
            + megabytes(direct)
            + " by clients at other sites' SFUs");
  }

  private Path writeAccounts(List<MatrixUser> users) {
    StringBuilder text = new StringBuilder();
    for (MatrixUser user : users) {
      text.append(user.userId()).append(' ').append(user.password()).append('\n');
    }
    return Secrets.writePrivately(folder.resolve("accounts.txt"), text.toString());
  }

  private static String megabytes(long bytes) {
    return "%.2f MB".formatted(bytes / 1e6);
  }

  private static void say(String line) {
    System.out.println(line);
  }
}
