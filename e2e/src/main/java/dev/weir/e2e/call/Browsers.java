package dev.weir.e2e.call;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import dev.weir.e2e.stack.Toolbox;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One browser process a user: users who share a process share one fake camera, which loses its
 * picture when one of them publishes again. All calls must come from the thread that made this
 * object (Playwright's rule).
 */
public final class Browsers implements AutoCloseable {
  private static final List<String> FLAGS =
      List.of(
          // Half of what a camera gives: three browsers encode in software on two cores.
          "--use-fake-device-for-media-stream=fps=10",
          "--use-fake-ui-for-media-stream",
          "--autoplay-policy=no-user-gesture-required",
          // SFUs on loopback are reached from loopback, and candidates are compared by address.
          "--allow-loopback-in-peer-connection",
          "--disable-features=WebRtcHideLocalIpsWithMdns,LocalNetworkAccessChecks",
          // A window that nobody looks at must go on decoding.
          "--disable-background-timer-throttling",
          "--disable-backgrounding-occluded-windows",
          "--disable-renderer-backgrounding");

  private final Playwright playwright;
  private final Toolbox tools;
  private final boolean headless;
  private final List<Browser> open = new ArrayList<>();

  public Browsers(Toolbox tools, Path temporary, boolean headless) {
    this.tools = tools;
    this.headless = headless;
    this.playwright =
        Playwright.create(
            new Playwright.CreateOptions()
                .setEnv(
                    Map.of(
                        "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1", "TMPDIR", temporary.toString())));
  }

  /** A new browser; shown windows stand side by side. */
  Browser open() {
    List<String> flags = new ArrayList<>(FLAGS);
    if (isRoot()) {
      flags.add("--no-sandbox");
    }
    if (!headless) {
      flags.add("--window-size=760,700");
      flags.add("--window-position=" + (open.size() * 770) + ",20");
    }
    Browser browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(tools.chromium())
                    .setHeadless(headless)
                    .setHandleSIGINT(false)
                    .setHandleSIGTERM(false)
                    .setArgs(flags));
    open.add(browser);
    return browser;
  }

  @Override
  public void close() {
    open.stream().filter(Browser::isConnected).forEach(Browser::close);
    open.clear();
    playwright.close();
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }
}
