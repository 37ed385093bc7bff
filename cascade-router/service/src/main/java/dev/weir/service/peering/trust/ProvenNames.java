package dev.weir.service.peering.trust;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * The server names that a certificate speaks for.
 *
 * <p>A name is proven by a DNS or IP entry that equals its host exactly (no wildcards: a server
 * name is one name). DNS entries cannot carry a port, so a certificate may name the whole server
 * name in a {@code weir://} URI entry; if it has any, only those count.
 */
final class ProvenNames {
  static final String URI_SCHEME = "weir://";
  private static final int DNS = 2;
  private static final int URI = 6;
  private static final int IP = 7;

  private ProvenNames() {}

  static boolean prove(X509Certificate certificate, String serverName) {
    List<String> whole = new ArrayList<>();
    List<String> hosts = new ArrayList<>();
    try {
      Collection<List<?>> entries = certificate.getSubjectAlternativeNames();
      if (entries == null) {
        return false;
      }
      for (List<?> entry : entries) {
        if (!(entry.get(0) instanceof Integer type) || !(entry.get(1) instanceof String value)) {
          continue;
        }
        switch (type) {
          case DNS -> hosts.add(value.toLowerCase(Locale.ROOT));
          case IP -> hosts.add(canonicalAddress(value));
          case URI -> {
            if (value.startsWith(URI_SCHEME)) {
              whole.add(value.substring(URI_SCHEME.length()).toLowerCase(Locale.ROOT));
            }
          }
          default -> {}
        }
      }
    } catch (CertificateParsingException e) {
      return false;
    }
    return whole.isEmpty()
        ? hosts.contains(hostOf(serverName))
        : whole.contains(serverName.toLowerCase(Locale.ROOT));
  }

  /** The host of a server name, without port and brackets. */
  static String hostOf(String serverName) {
    String name = serverName.toLowerCase(Locale.ROOT);
    if (name.startsWith("[")) {
      int end = name.indexOf(']');
      return end < 0 ? name : canonicalAddress(name.substring(1, end));
    }
    int colon = name.lastIndexOf(':');
    return colon < 0 ? name : name.substring(0, colon);
  }

  static boolean isAddress(String host) {
    return host.indexOf(':') >= 0 || host.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
  }

  private static String canonicalAddress(String literal) {
    if (!isAddress(literal)) {
      return literal;
    }
    try {
      return InetAddress.getByName(literal).getHostAddress();
    } catch (UnknownHostException e) {
      return literal;
    }
  }
}
