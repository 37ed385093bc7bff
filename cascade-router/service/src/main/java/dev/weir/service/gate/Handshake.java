package dev.weir.service.gate;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import livekit.LivekitModels.ClientInfo;

/**
 * What a client dialled, taken apart only as far as the gate must: where the prefix ends, which of
 * LiveKit's four paths it is, and the token. The rest of the query is kept as it came.
 *
 * @param rest the raw query parameters other than the token, in their order
 */
record Handshake(String prefix, String path, List<String> rest, Optional<String> token) {

  private static final String WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final String TOKEN = "access_token=";
  private static final String JOIN_REQUEST = "join_request=";
  private static final List<String> PATHS =
      List.of("/rtc/v1/validate", "/rtc/validate", "/rtc/v1", "/rtc");

  static Optional<Handshake> of(String rawPath, String rawQuery, MultiMap headers) {
    String path = rawPath.endsWith("/") ? rawPath.substring(0, rawPath.length() - 1) : rawPath;
    for (String known : PATHS) {
      if (path.endsWith(known)) {
        String prefix = path.substring(0, path.length() - known.length());
        return Optional.of(parse(prefix, known, rawQuery, headers));
      }
    }
    return Optional.empty();
  }

  private static Handshake parse(String prefix, String path, String rawQuery, MultiMap headers) {
    List<String> rest = new ArrayList<>();
    Optional<String> token = bearer(headers);
    for (String parameter : rawQuery.split("&", -1)) {
      if (parameter.startsWith(TOKEN)) {
        if (token.isEmpty()) {
          token = decoded(parameter.substring(TOKEN.length()));
        }
      } else if (!parameter.isEmpty()) {
        rest.add(parameter);
      }
    }
    return new Handshake(prefix, path, List.copyOf(rest), token);
  }

  /** LiveKit prefers the header over the query, so it must be looked at first. */
  private static Optional<String> bearer(MultiMap headers) {
    String header = headers.get(HttpHeaders.AUTHORIZATION);
    return header != null && header.startsWith("Bearer ")
        ? Optional.of(header.substring("Bearer ".length()).trim())
        : Optional.empty();
  }

  private static Optional<String> decoded(String raw) {
    try {
      return Optional.of(URLDecoder.decode(raw, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException malformedEscape) {
      return Optional.empty();
    }
  }

  /**
   * Whether LiveKit's JavaScript client is asking, by its own word: in the query of the older
   * protocol, in the packed join request of the newer one.
   */
  boolean isJavaScript() {
    for (String parameter : rest) {
      if (parameter.equals("sdk=js")) {
        return true;
      }
      if (parameter.startsWith(JOIN_REQUEST)) {
        return decoded(parameter.substring(JOIN_REQUEST.length()))
            .flatMap(JoinRequests::read)
            .filter(request -> request.getClientInfo().getSdk() == ClientInfo.SDK.JS)
            .isPresent();
      }
    }
    return false;
  }

  boolean validates() {
    return path.endsWith("/validate");
  }

  /** The request target for the backend: all as it came, but for the token. */
  String target(String basePath, String backendToken) {
    StringBuilder target = new StringBuilder(basePath).append(path).append('?');
    target.append(TOKEN).append(backendToken);
    rest.forEach(parameter -> target.append('&').append(parameter));
    return target.toString();
  }

  /** The key to answer with, when the request really is a WebSocket upgrade. */
  static Optional<String> acceptKey(MultiMap headers) {
    String key = headers.get("Sec-WebSocket-Key");
    boolean upgrade =
        headers.contains(HttpHeaders.UPGRADE, "websocket", true)
            && "13".equals(headers.get("Sec-WebSocket-Version"))
            && key != null
            && key.length() == 24;
    return upgrade && key != null ? Optional.of(accept(key)) : Optional.empty();
  }

  static String accept(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + WEBSOCKET_GUID).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-1 is part of every JDK", e);
    }
  }
}
