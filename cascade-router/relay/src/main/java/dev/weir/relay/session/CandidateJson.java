package dev.weir.relay.session;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The candidate line in the JSON of a trickle message. */
final class CandidateJson {
  private static final Pattern CANDIDATE =
      Pattern.compile("\"candidate\"\\s*:\\s*\"([^\"\\\\]{0,500})\"");

  private CandidateJson() {}

  static Optional<String> candidate(String json) {
    Matcher matcher = CANDIDATE.matcher(json);
    return matcher.find() && !matcher.group(1).isEmpty()
        ? Optional.of(matcher.group(1))
        : Optional.empty();
  }
}
