package dev.weir.service.peering.trust;

/** Where a site's peering server listens, as its partner or its admin named it. */
public record PeeringEndpoint(String host, int port) {
  /** Reads {@code host:port}, {@code [v6]:port}. */
  public static PeeringEndpoint parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("an endpoint is written as host:port");
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    int port;
    try {
      port = Integer.parseInt(text.substring(colon + 1));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("an endpoint is written as host:port", e);
    }
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("a port is between 1 and 65535");
    }
    return new PeeringEndpoint(host, port);
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
