package dev.weir.service.openid;

import dev.weir.service.net.Cidr;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Matrix server name: host or IP literal (an IPv6 one in brackets), with or without a port. */
public record ServerName(String host, OptionalInt port) {
  private static final Pattern GRAMMAR =
      Pattern.compile("(\\[[0-9A-Fa-f:.]{2,45}]|[0-9A-Za-z.-]{1,255})(?::(\\d{1,5}))?");

  public static Optional<ServerName> parse(String text) {
    if (text.length() > 255) {
      return Optional.empty();
    }
    Matcher name = GRAMMAR.matcher(text);
    if (!name.matches()) {
      return Optional.empty();
    }
    if (name.group(2) == null) {
      return Optional.of(new ServerName(name.group(1), OptionalInt.empty()));
    }
    int port = Integer.parseInt(name.group(2));
    return port < 1 || port > 65535
        ? Optional.empty()
        : Optional.of(new ServerName(name.group(1), OptionalInt.of(port)));
  }

  public boolean isLiteral() {
    return host.startsWith("[") || Cidr.isLiteral(host);
  }

  @Override
  public String toString() {
    return port.isPresent() ? host + ":" + port.getAsInt() : host;
  }
}
