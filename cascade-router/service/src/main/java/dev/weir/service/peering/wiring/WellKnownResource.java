package dev.weir.service.peering.wiring;

import dev.weir.service.peering.PeerDirectory;
import dev.weir.service.peering.PeeredSites;
import dev.weir.service.peering.PeeringSite;
import dev.weir.service.peering.trust.WellKnownDocument;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Serves each site's {@code /.well-known/weir}, so that a route from the server name to the router
 * is all that an admin has to publish.
 */
@Path(WellKnownDocument.PATH)
public class WellKnownResource {
  private final PeerDirectory directory;

  WellKnownResource(PeeredSites peered) {
    this.directory = peered.peering().directory();
  }

  @GET
  @Produces(MediaType.APPLICATION_JSON)
  public Response document(@HeaderParam("Host") @Nullable String host) {
    List<PeeringSite> sites = directory.config().sites();
    String asked = bare(host == null ? "" : host);
    return sites.stream()
        .filter(site -> sites.size() == 1 || bare(site.serverName()).equals(asked))
        .findFirst()
        .flatMap(site -> directory.wellKnown(site.serverName()))
        .map(document -> Response.ok(document.json()).build())
        .orElseGet(() -> Response.status(Response.Status.NOT_FOUND).build());
  }

  private static String bare(String authority) {
    return authority.toLowerCase(Locale.ROOT).replaceFirst(":\\d+$", "");
  }
}
