package dev.weir.e2e.stack;

import dev.weir.e2e.process.Processes;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/** Federated homeservers of sites whose routers and SFUs run somewhere else. */
public final class Homeservers {
  /** Media ports tell sites apart, as clients only know the other end's port. */
  private static final int FIRST_MEDIA_PORT = 7882;

  private static final int MEDIA_PORTS_A_SITE = 100;

  private Homeservers() {}

  /**
   * Starts a homeserver at each address, side by side.
   *
   * @param addresses of this machine, as the routers reach them; sites may share one
   */
  public static List<HostedSite> start(
      Processes processes, Toolbox tools, Path folder, Secrets secrets, List<String> addresses) {
    Loopback ports = new Loopback(new SecureRandom());
    CertificateAuthority authority = new CertificateAuthority();
    Path authorityPem = authority.writePem(folder.resolve("authority.crt"));
    List<HostedSite> sites = new ArrayList<>();
    for (int index = 0; index < addresses.size(); index++) {
      SiteAddress address = choose(ports, addresses.get(index), index);
      sites.add(
          new HostedSite(
              address,
              new Synapse(
                  processes,
                  tools,
                  folder.resolve(address.name()),
                  address,
                  authority.issue(address.ip()),
                  authorityPem,
                  secrets),
              Certificate.selfSigned(address.ip())));
    }
    sites.forEach(site -> site.synapse().awaitReady());
    return sites;
  }

  private static SiteAddress choose(Loopback ports, String ip, int index) {
    int media = FIRST_MEDIA_PORT + index * MEDIA_PORTS_A_SITE;
    return new SiteAddress(
        String.valueOf((char) ('a' + index)),
        ip,
        ports.freeTcpPort(ip),
        ports.freeTcpPort(ip),
        0,
        media,
        media - 1,
        ports.freeTcpPort(ip),
        0,
        0,
        0);
  }
}
