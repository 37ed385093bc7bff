package dev.weir.e2e.call;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Frame;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import dev.weir.e2e.matrix.MatrixUser;
import dev.weir.e2e.stack.Secrets;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A person in front of Element Call. */
public final class CallUser {
  private static final Pattern TOKEN =
      Pattern.compile("\"(?:jwt|access_token)\"\\s*:\\s*\"([^\"]+)\"");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final MatrixUser user;
  private final Browser browser;
  private final Page page;
  private final HostPage host;
  private final ElementCall build;
  private final Secrets secrets;
  private final List<String> console = new ArrayList<>();
  private final List<Response> tokenAnswers = new ArrayList<>();
  private String room = "";
  private Duration othersLater = Duration.ZERO;
  private Duration leaveDelay = Duration.ZERO;

  public CallUser(
      MatrixUser user, ElementCall build, Browsers browsers, HostPage host, Secrets secrets) {
    this.user = user;
    this.build = build;
    this.host = host;
    this.secrets = secrets;
    this.browser = browsers.open();
    BrowserContext context =
        browser.newContext(new Browser.NewContextOptions().setViewportSize(760, 620));
    context.addInitScript(resource("probe.js"));
    this.page = context.newPage();
    page.onConsoleMessage(this::note);
    page.onResponse(this::keepTokenAnswer);
  }

  public MatrixUser user() {
    return user;
  }

  public String name() {
    return user.userId();
  }

  /**
   * From the next call on, this client hears of the others only once it is in the call itself, and
   * then believes that they joined that much later than they did.
   */
  public void believesThatOthersJoinedLater(Duration time) {
    othersLater = time;
  }

  /** From the next call on, this client's homeserver sends its leave after so long without it. */
  public void leavesAfter(Duration silence) {
    leaveDelay = silence;
  }

  /** What an admin would write for this client; empty where the published file will do. */
  private String configuration() {
    ObjectNode settings = MAPPER.createObjectNode();
    if (build.focusFromConfiguration()) {
      settings.putObject("livekit").put("livekit_service_url", user.site().address().routerUrl());
    }
    if (leaveDelay.isPositive()) {
      settings
          .putObject("matrix_rtc_session")
          .put("delayed_leave_event_delay_ms", leaveDelay.toMillis());
    }
    return settings.isEmpty() ? "" : settings.toString();
  }

  /** Opens Element Call in front of the room, up to its lobby. */
  public void open(String roomId) {
    room = roomId;
    page.navigate(host.url());
    Map<String, Object> account =
        Map.of(
            "baseUrl", user.site().address().homeserverUrl(),
            "userId", user.userId(),
            "deviceId", user.deviceId(),
            "accessToken", user.accessToken());
    Map<String, Object> parameters =
        Map.of(
            "perParticipantE2EE", "true",
            "intent", "join_existing",
            "skipLobby", "false",
            "appPrompt", "false",
            "confineToRoom", "true");
    page.evaluate(
        "([account, room, url, parameters, later]) =>"
            + " startCall(account, room, url, parameters, later)",
        List.of(
            account,
            roomId,
            host.callPath(build, configuration()),
            parameters,
            (double) othersLater.toMillis()));
    button("lobby_joinCall").waitFor();
  }

  /** Joins, and comes back when Element Call shows the call. */
  public void join() {
    button("lobby_joinCall").click();
    button("incall_leave").waitFor();
  }

  public void leave() {
    button("incall_leave").click();
  }

  /** Closes the tab and opens it again, as a person does when something hangs. */
  public void reload() {
    open(room);
    join();
  }

  public void toggleMicrophone() {
    button("incall_mute").first().click();
  }

  public void toggleCamera() {
    button("incall_videomute").first().click();
  }

  public void toggleScreenShare() {
    button("incall_screenshare").first().click();
  }

  /** How many people this client shows, itself included. */
  public int tiles() {
    return page.frameLocator("#call").getByTestId("videoTile").count();
  }

  public MediaReport media() {
    rememberTokens();
    Object json = callFrame().evaluate("async () => JSON.stringify(await weirProbe.report())");
    try {
      return MAPPER.readValue(String.valueOf(json), MediaReport.class);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets the browser's events come in until the condition holds. */
  public boolean await(Duration patience, BooleanSupplier condition) {
    Instant deadline = Instant.now().plus(patience);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(deadline)) {
        return false;
      }
      pause(Duration.ofMillis(250));
    }
    return true;
  }

  public void pause(Duration time) {
    page.waitForTimeout((double) time.toMillis());
  }

  public Path screenshot(Path file) {
    page.screenshot(new Page.ScreenshotOptions().setPath(file));
    return file;
  }

  /** What the client wrote to its console, for when something went wrong. */
  public List<String> console() {
    return List.copyOf(console);
  }

  /** Ends this user's browser. */
  public void close() {
    browser.close();
  }

  private Locator button(String testId) {
    return page.frameLocator("#call").getByTestId(testId);
  }

  private Frame callFrame() {
    return page.frames().stream()
        .filter(frame -> frame.url().contains("/call/"))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(name() + " has no Element Call open"));
  }

  private void note(ConsoleMessage message) {
    console.add(Instant.now() + " " + message.type() + " " + message.text());
  }

  private void keepTokenAnswer(Response response) {
    String url = response.url();
    if (url.endsWith("/sfu/get") || url.endsWith("/get_token") || url.endsWith("/request_token")) {
      tokenAnswers.add(response);
    }
  }

  /** Tokens that passed through this client must not turn up in any server's log. */
  private void rememberTokens() {
    List<Response> answers = List.copyOf(tokenAnswers);
    tokenAnswers.clear();
    for (Response answer : answers) {
      if (answer.status() == 200 && answer.request().method().equals("POST")) {
        Matcher token = TOKEN.matcher(answer.text());
        while (token.find()) {
          secrets.remember("a token of " + name(), token.group(1));
        }
      }
    }
  }

  private static String resource(String name) {
    try (InputStream in = CallUser.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("no resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
