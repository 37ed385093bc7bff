package dev.weir.e2e.run;

import dev.weir.e2e.call.Browsers;
import dev.weir.e2e.call.CallUser;
import dev.weir.e2e.call.ElementCall;
import dev.weir.e2e.call.HostPage;
import dev.weir.e2e.matrix.MatrixUser;
import dev.weir.e2e.stack.HomeSite;
import dev.weir.e2e.stack.Secrets;
import dev.weir.e2e.stack.Toolbox;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The users of a run, their rooms, and their browsers. */
public final class People implements AutoCloseable {
  private final Toolbox tools;
  private final Path folder;
  private final boolean headless;
  private final Secrets secrets;
  private final List<CallUser> seated = new ArrayList<>();
  private final List<AutoCloseable> open = new ArrayList<>();

  public People(Toolbox tools, Path folder, boolean headless, Secrets secrets) {
    this.tools = tools;
    this.folder = folder;
    this.headless = headless;
    this.secrets = secrets;
  }

  public MatrixUser register(String name, HomeSite site) {
    return MatrixUser.register(site, name, secrets);
  }

  public MatrixUser secondDevice(MatrixUser user) {
    return user.logInElsewhere(secrets);
  }

  /** Puts the named users in one encrypted room. */
  public String room(List<MatrixUser> users) {
    MatrixUser creator = users.getFirst();
    String room = creator.createEncryptedRoom("Weir");
    for (MatrixUser user : users.subList(1, users.size())) {
      user.join(room, List.of(creator.site().address().serverName()));
    }
    return room;
  }

  /** Seats a user in front of a browser of their own. */
  public CallUser seat(MatrixUser user, ElementCall build) {
    Browsers browsers = opened(Browsers.class, () -> new Browsers(tools, folder, headless));
    HostPage page = opened(HostPage.class, () -> new HostPage(tools, folder.resolve("web")));
    CallUser person = new CallUser(user, build, browsers, page, secrets);
    seated.add(person);
    return person;
  }

  public List<CallUser> seated() {
    return List.copyOf(seated);
  }

  /** Ends what people left open, and forgets them. */
  public void sendHome() {
    seated.forEach(CallUser::close);
    seated.clear();
  }

  /** Browsers and the page are only started for runs that show calls. */
  private <T extends AutoCloseable> T opened(Class<T> type, Supplier<T> starter) {
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
    seated.clear();
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
  }
}
