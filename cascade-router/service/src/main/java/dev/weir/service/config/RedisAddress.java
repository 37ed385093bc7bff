package dev.weir.service.config;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Where a Redis server is.
 *
 * @param tls {@code rediss}
 */
public record RedisAddress(
    String host,
    int port,
    boolean tls,
    int database,
    Optional<String> user,
    Optional<String> password) {

  /** Reads {@code redis[s]://[[user][:password]@]host[:port][/database]}. */
  static RedisAddress parse(String url, Optional<String> separatePassword) {
    URI uri = URI.create(url);
    String scheme = String.valueOf(uri.getScheme());
    if (uri.getHost() == null || !scheme.matches("rediss?")) {
      throw new IllegalArgumentException("not a Redis URL");
    }
    String path = String.valueOf(uri.getPath()).replaceFirst("^/", "");
    String[] info = Optional.ofNullable(uri.getRawUserInfo()).orElse("").split(":", 2);
    return new RedisAddress(
        uri.getHost().replaceAll("[\\[\\]]", ""),
        uri.getPort() > 0 ? uri.getPort() : 6379,
        scheme.equals("rediss"),
        path.isEmpty() ? 0 : Integer.parseInt(path),
        text(info[0]),
        separatePassword.or(() -> info.length > 1 ? text(info[1]) : Optional.empty()));
  }

  private static Optional<String> text(String encoded) {
    return encoded.isEmpty()
        ? Optional.empty()
        : Optional.of(URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "RedisAddress[" + host + ":" + port + "]";
  }
}
