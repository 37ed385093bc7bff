package dev.weir.service.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;

/** A range of addresses in the notation {@code 10.0.0.0/8} or {@code fd00::/8}. */
public record Cidr(InetAddress network, int bits) {

  public Cidr {
    int width = network.getAddress().length * 8;
    if (bits < 0 || bits > width) {
      throw new IllegalArgumentException(
          "A prefix of " + network.getHostAddress() + " has 0 to " + width + " bits, not " + bits);
    }
  }

  /** Reads one range; a bare address is the range of that address alone. */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    String address = (slash < 0 ? text : text.substring(0, slash)).strip();
    if (!isLiteral(address)) {
      throw new IllegalArgumentException(
          "'" + text + "' is no address range; write it as 10.0.0.0/8 or fd00::/8");
    }
    try {
      InetAddress network = InetAddress.getByName(address);
      int bits =
          slash < 0
              ? network.getAddress().length * 8
              : Integer.parseInt(text.substring(slash + 1).strip());
      return new Cidr(network, bits);
    } catch (UnknownHostException | NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is no address range; write it as 10.0.0.0/8 or fd00::/8", e);
    }
  }

  /** Whether the text is an IP address, so that no DNS is asked for it. */
  public static boolean isLiteral(String host) {
    String bare = host.toLowerCase(Locale.ROOT);
    return bare.indexOf(':') >= 0
        ? bare.matches("[0-9a-f:.]+(%.*)?")
        : bare.matches("\\d{1,3}(\\.\\d{1,3}){3}");
  }

  /** Whether the address lies in this range. */
  public boolean contains(InetAddress address) {
    byte[] own = network.getAddress();
    byte[] other = address.getAddress();
    if (own.length != other.length) {
      return false;
    }
    int whole = bits / 8;
    if (!Arrays.equals(own, 0, whole, other, 0, whole)) {
      return false;
    }
    int rest = bits % 8;
    if (rest == 0) {
      return true;
    }
    int mask = 0xFF00 >> rest & 0xFF;
    return (own[whole] & mask) == (other[whole] & mask);
  }
}
