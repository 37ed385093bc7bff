package dev.weir.e2e.stack;

import dev.weir.e2e.process.Processes;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * Federated sites on this machine. The programs belong to the {@link Processes} that was handed in.
 */
public final class Federation {
  private final List<Site> sites;

  private Federation(List<Site> sites) {
    this.sites = List.copyOf(sites);
  }

  /** Starts all sites side by side and waits until every part is ready. */
  public static Federation start(
      Processes processes, Toolbox tools, Path folder, Secrets secrets, int count, boolean peered) {
    Loopback loopback = new Loopback(new SecureRandom());
    List<SiteAddress> addresses = new ArrayList<>();
    List<Certificate> certificates = new ArrayList<>();
    for (int number = 1; number <= count; number++) {
      SiteAddress address = SiteAddress.choose(loopback, number);
      addresses.add(address);
      certificates.add(Certificate.selfSigned(address.ip()));
    }
    CertificateAuthority authority = new CertificateAuthority();
    Path authorityPem = authority.writePem(folder.resolve("authority.crt"));
    Path trustStore = authority.writeTrustStore(folder.resolve("authority.p12"));
    List<Site> sites = new ArrayList<>();
    for (int index = 0; index < count; index++) {
      SiteAddress address = addresses.get(index);
      Path home = folder.resolve(address.name());
      NodeKey key =
          new NodeKey("node" + address.name(), secrets.create("node key of " + address.name()));
      RouterFolder config =
          new RouterFolder(home.resolve("router"), address, key, certificates.get(index));
      if (peered) {
        for (int other = 0; other < count; other++) {
          if (other != index) {
            config.addPeer(address, addresses.get(other), certificates.get(other).pin());
          }
        }
      }
      AdminCertificates admin =
          AdminCertificates.write(home.resolve("admin"), authority, authorityPem, address.ip());
      sites.add(
          new Site(
              address,
              key,
              new Synapse(
                  processes,
                  tools,
                  home,
                  address,
                  authority.issue(address.ip()),
                  authorityPem,
                  secrets),
              new LiveKit(processes, tools, home, address, key),
              new Router(processes, tools, home, address, config, admin.folder(), trustStore),
              admin));
    }
    Federation federation = new Federation(sites);
    federation.sites.forEach(Site::awaitReady);
    return federation;
  }

  public List<Site> sites() {
    return sites;
  }

  public Site site(String name) {
    return sites.stream()
        .filter(site -> site.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no site " + name));
  }

  /** Ends every agreement, from both sides. */
  public void removePeering() {
    for (Site site : sites) {
      for (Site other : sites) {
        if (!other.name().equals(site.name())) {
          site.router().config().removePeer(other.address());
        }
      }
    }
  }
}
