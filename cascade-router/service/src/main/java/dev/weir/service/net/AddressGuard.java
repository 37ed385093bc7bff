package dev.weir.service.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Says which addresses the router may be sent to by somebody else's words: public unicast
 * addresses, and the ranges that the admin allows besides. Applied after DNS, to the address that
 * is dialled.
 */
public final class AddressGuard {
  private static final List<Cidr> SPECIAL_IPV4 =
      parseAll(
          "0.0.0.0/8,10.0.0.0/8,100.64.0.0/10,127.0.0.0/8,169.254.0.0/16,172.16.0.0/12,"
              + "192.0.0.0/24,192.0.2.0/24,192.88.99.0/24,192.168.0.0/16,198.18.0.0/15,"
              + "198.51.100.0/24,203.0.113.0/24,224.0.0.0/4,240.0.0.0/4");
  private static final Cidr GLOBAL_IPV6 = Cidr.parse("2000::/3");
  // Documentation, benchmarking and overlay identifiers, Teredo and other protocol assignments, and
  // 6to4, which carries an IPv4 address.
  private static final List<Cidr> SPECIAL_IPV6 =
      parseAll("2001::/23,2001:db8::/32,2002::/16,3fff::/20");
  private static final Cidr NAT64 = Cidr.parse("64:ff9b::/96");

  private final List<Cidr> allowed;

  public AddressGuard(List<Cidr> allowed) {
    this.allowed = List.copyOf(allowed);
  }

  /** Public addresses, and those in a comma-separated list of ranges. */
  public static AddressGuard allowing(String ranges) {
    return new AddressGuard(parseAll(ranges));
  }

  /** Whether the router may connect to this address. */
  public boolean permits(InetAddress address) {
    return isPublic(address) || allowed.stream().anyMatch(range -> range.contains(address));
  }

  private static boolean isPublic(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length == 4) {
      return SPECIAL_IPV4.stream().noneMatch(range -> range.contains(address));
    }
    if (NAT64.contains(address)) {
      return isPublic(ipv4(Arrays.copyOfRange(bytes, 12, 16)));
    }
    return GLOBAL_IPV6.contains(address)
        && SPECIAL_IPV6.stream().noneMatch(range -> range.contains(address));
  }

  private static InetAddress ipv4(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Cidr> parseAll(String ranges) {
    return Arrays.stream(ranges.split(","))
        .map(String::strip)
        .filter(text -> !text.isEmpty())
        .map(Cidr::parse)
        .toList();
  }
}
