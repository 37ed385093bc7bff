package dev.weir.e2e.up;

import java.io.Serial;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The options of `./weir up`. */
record UpOptions(
    boolean headless, boolean weir, boolean kubernetes, int sites, Optional<Duration> duration) {
  private static final Pattern TIME = Pattern.compile("(\\d{1,5})(s|m)?");

  /** What a person typed that we do not understand; the message says what we do. */
  static final class Misunderstood extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    Misunderstood(String message) {
      super(message);
    }
  }

  static UpOptions parse(List<String> arguments) {
    boolean headless = false;
    boolean weir = true;
    boolean kubernetes = false;
    int sites = 2;
    Optional<Duration> duration = Optional.empty();
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      String argument = rest.next();
      switch (argument) {
        case "--headless" -> headless = true;
        case "--no-weir" -> weir = false;
        case "--kubernetes" -> kubernetes = true;
        case "--for" -> duration = Optional.of(time(value(argument, rest)));
        case "--sites" -> sites = sites(value(argument, rest));
        default -> throw new Misunderstood("unknown option " + argument + "; see ./weir help up");
      }
    }
    return new UpOptions(headless, weir, kubernetes, sites, duration);
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new Misunderstood(option + " needs a value; see ./weir help up");
    }
    return rest.next();
  }

  private static Duration time(String text) {
    Matcher matcher = TIME.matcher(text);
    if (!matcher.matches()) {
      throw new Misunderstood("--for takes a time such as 60s or 5m, not " + text);
    }
    long number = Long.parseLong(matcher.group(1));
    return "m".equals(matcher.group(2)) ? Duration.ofMinutes(number) : Duration.ofSeconds(number);
  }

  private static int sites(String text) {
    if (!text.matches("[2-6]")) {
      throw new Misunderstood("--sites takes 2 to 6, not " + text);
    }
    return Integer.parseInt(text);
  }
}
