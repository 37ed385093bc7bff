package dev.weir.e2e.run;

import dev.weir.e2e.call.CallUser;
import dev.weir.e2e.call.MediaReport;
import dev.weir.e2e.stack.HomeSite;
import java.util.List;
import java.util.stream.Collectors;

/** Where one person's client is attached, and what it receives. */
public record CallView(String user, HomeSite home, List<HomeSite> sites, MediaReport media) {

  public static CallView of(CallUser person, List<? extends HomeSite> sites) {
    return new CallView(person.name(), person.user().site(), List.copyOf(sites), person.media());
  }

  /** The sites at whose SFUs this client's peer connections end. */
  public List<String> attachedTo() {
    return media.remotes().stream().map(remote -> siteOf(remote)).distinct().sorted().toList();
  }

  /** The ends themselves, for a person to read. */
  public String ends() {
    return media.remotes().stream()
        .map(remote -> siteOf(remote) + " " + remote.protocol() + "/" + remote.port())
        .distinct()
        .sorted()
        .collect(Collectors.joining(", "));
  }

  /** Media that this client itself exchanges with other sites' SFUs. */
  public long bytesFromOtherSites() {
    return media.bytesReceivedFrom(remote -> !home.address().isMediaPort(remote.port()));
  }

  public long bytesToOtherSites() {
    return media
        .connected()
        .filter(
            connection ->
                connection.remotes().stream()
                    .anyMatch(remote -> !home.address().isMediaPort(remote.port())))
        .mapToLong(MediaReport.Connection::bytesSent)
        .sum();
  }

  private String siteOf(MediaReport.Remote remote) {
    return sites.stream()
        .filter(site -> site.address().isMediaPort(remote.port()))
        .map(HomeSite::name)
        .findFirst()
        .orElse("?");
  }
}
