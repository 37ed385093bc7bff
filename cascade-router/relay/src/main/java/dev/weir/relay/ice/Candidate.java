package dev.weir.relay.ice;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;

/** A remote candidate that this agent can use: an IP literal, UDP or passive TCP, component 1. */
public record Candidate(boolean tcp, InetSocketAddress address, long priority) {
  private static final int MAX_LENGTH = 512;

  /**
   * Reads a candidate attribute, with or without {@code a=}; empty for kinds that are of no use
   * here.
   */
  public static Optional<Candidate> parse(String attribute) {
    String text = attribute.startsWith("a=") ? attribute.substring(2) : attribute;
    if (!text.startsWith("candidate:") || text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    String[] words = text.trim().split(" +", -1);
    if (words.length < 8 || !"1".equals(words[1]) || !"typ".equals(words[6])) {
      return Optional.empty();
    }
    boolean tcp = "tcp".equals(words[2].toLowerCase(Locale.ROOT));
    boolean udp = "udp".equals(words[2].toLowerCase(Locale.ROOT));
    if (!udp && !(tcp && hasPair(words, "tcptype", "passive"))) {
      return Optional.empty();
    }
    try {
      int port = Integer.parseInt(words[5]);
      long priority = Long.parseLong(words[3]);
      Optional<InetAddress> ip = literal(words[4]);
      if (port < 1 || port > 65535 || priority < 0 || ip.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(new Candidate(tcp, new InetSocketAddress(ip.get(), port), priority));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static boolean hasPair(String[] words, String key, String value) {
    for (int i = 8; i + 1 < words.length; i += 2) {
      if (words[i].equals(key)) {
        return words[i + 1].equals(value);
      }
    }
    return false;
  }

  /** Never asks DNS: names (also mDNS ones) are of no use towards a server. */
  private static Optional<InetAddress> literal(String text) {
    boolean v6 = text.indexOf(':') >= 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean allowed = c >= '0' && c <= '9' || c == '.' || v6 && (c == ':' || isHex(c));
      if (!allowed) {
        return Optional.empty();
      }
    }
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean isHex(char c) {
    return c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
  }

  /** The address as a literal, for guards that want it that way. */
  public InetAddress ip() throws UnknownHostException {
    return InetAddress.getByAddress(address.getAddress().getAddress());
  }
}
