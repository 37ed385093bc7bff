package dev.weir.service.openid;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.weir.service.net.GuardedHttp;
import dev.weir.service.net.GuardedHttp.Answer;
import dev.weir.service.net.GuardedHttp.Endpoint;
import dev.weir.service.openid.Verdict.Refused;
import dev.weir.service.openid.Verdict.Unreachable;
import dev.weir.service.openid.Verdict.Verified;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Asks a token's homeserver whose it is. Clients ask for two tokens at the same moment, so equal
 * questions share one answer while it is under way and for a few seconds after a yes; a no is never
 * kept.
 */
public final class OpenIdVerifier {
  private static final String PATH = "/_matrix/federation/v1/openid/userinfo?access_token=";
  private static final Duration KEEP_YES = Duration.ofSeconds(5);
  private static final int MAX_TOKEN_LENGTH = 4096;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Way strangers;
  private final Way ours;
  private final Ours known;
  private final Cache<OpenIdToken, CompletableFuture<Verdict>> answers =
      Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(KEEP_YES).build();

  /** How servers are found and reached. */
  public record Way(GuardedHttp http, ServerNameResolver resolver) {}

  /** What the admin configured of homeservers. */
  public interface Ours {
    /** The federation base URL of a server name, if it is configured. */
    Optional<URI> baseUrl(String serverName);

    /** Whether the admin named this server. */
    boolean isNamed(String serverName);
  }

  /**
   * @param strangers reaches servers that anybody may name
   * @param ours reaches what the admin named, in private networks too
   */
  public OpenIdVerifier(Way strangers, Way ours, Ours known) {
    this.strangers = strangers;
    this.ours = ours;
    this.known = known;
  }

  /** Blocks until the homeserver answered, at most a few seconds. */
  public Verdict verify(OpenIdToken token) {
    if (token.accessToken().isEmpty() || token.accessToken().length() > MAX_TOKEN_LENGTH) {
      return new Refused("token of a wrong size");
    }
    Optional<ServerName> name = ServerName.parse(token.serverName());
    if (name.isEmpty()) {
      return new Refused("not a server name");
    }
    CompletableFuture<Verdict> mine = new CompletableFuture<>();
    CompletableFuture<Verdict> first = answers.asMap().putIfAbsent(token, mine);
    if (first != null) {
      return first.join();
    }
    Verdict verdict = new Unreachable("the question was not finished");
    try {
      verdict = ask(name.get(), token);
      return verdict;
    } finally {
      if (!(verdict instanceof Verified)) {
        answers.asMap().remove(token, mine);
      }
      mine.complete(verdict);
    }
  }

  private Verdict ask(ServerName name, OpenIdToken token) {
    String query = PATH + URLEncoder.encode(token.accessToken(), StandardCharsets.UTF_8);
    Optional<URI> base = known.baseUrl(token.serverName());
    if (base.isPresent()) {
      try {
        String root = base.get().toString().replaceAll("/+$", "");
        return judge(ours.http().get(URI.create(root + query)), token);
      } catch (IOException e) {
        return new Unreachable(String.valueOf(e.getMessage()));
      }
    }
    Verdict last = new Unreachable("no endpoint");
    Way way = known.isNamed(token.serverName()) ? ours : strangers;
    List<Endpoint> endpoints = way.resolver().resolve(name);
    for (Endpoint endpoint : endpoints.subList(0, Math.min(endpoints.size(), 3))) {
      try {
        return judge(way.http().get(endpoint, query), token);
      } catch (IOException e) {
        last = new Unreachable(String.valueOf(e.getMessage()));
      }
    }
    return last;
  }

  private static Verdict judge(Answer answer, OpenIdToken token) {
    if (answer.status() >= 500) {
      return new Unreachable("the homeserver answered " + answer.status());
    }
    if (answer.status() != 200) {
      return new Refused("the homeserver answered " + answer.status());
    }
    try {
      JsonNode subject = JSON.readTree(answer.body()).path("sub");
      String userId = subject.isTextual() ? subject.textValue() : "";
      int colon = userId.indexOf(':');
      boolean own =
          userId.startsWith("@")
              && colon > 1
              && userId.length() <= 255
              && userId.substring(colon + 1).equals(token.serverName());
      return own ? new Verified(userId) : new Refused("the answer names a user of another server");
    } catch (JsonProcessingException e) {
      return new Refused("the answer is not JSON");
    }
  }
}
