package dev.weir.service.peering.wiring;

import dev.weir.service.config.Configuration;
import dev.weir.service.config.ProcessRole;
import dev.weir.service.config.RouterSettings;
import dev.weir.service.config.Sites;
import dev.weir.service.legs.LegKeeper;
import dev.weir.service.peering.PeeredSites;
import dev.weir.service.peering.PeeringConfig;
import dev.weir.service.peering.trust.PeeringEndpoint;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Starts to listen for partners once a site wants any, and follows the configuration. */
@ApplicationScoped
class PeeringStart {
  private static final Logger LOG = Logger.getLogger(PeeringStart.class);

  private final PeeredSites peered;
  private final LegKeeper keeper;
  private final Configuration configuration;
  private final RouterSettings settings;
  private final Optional<String> listen;
  private boolean listening;

  PeeringStart(
      PeeredSites peered,
      LegKeeper keeper,
      Configuration configuration,
      RouterSettings settings,
      @ConfigProperty(name = "weir.peering.listen") Optional<String> listen) {
    this.peered = peered;
    this.keeper = keeper;
    this.configuration = configuration;
    this.settings = settings;
    this.listen = listen;
  }

  void start(@Observes StartupEvent started) {
    if (settings.has(ProcessRole.ROUTER)) {
      configuration.onChange(this::configured);
    }
  }

  private synchronized void configured(Sites sites) {
    PeeringConfig config = ConfiguredPeering.of(sites);
    peered.peering().directory().update(config);
    if (!listening && !config.sites().isEmpty()) {
      InetSocketAddress address = address(config);
      try {
        int port = peered.peering().listen(address);
        listening = true;
        LOG.infof("event=peering_listens address=%s port=%d", address.getAddress(), port);
      } catch (IOException e) {
        LOG.errorf(
            "event=peering_cannot_listen address=%s problem=\"%s\"", address, e.getMessage());
      }
    }
    keeper.replanAll(sites.all().stream().map(home -> home.site()).toList());
  }

  /** What the admin says; else the advertised port, on loopback if that is what is advertised. */
  private InetSocketAddress address(PeeringConfig config) {
    if (listen.isPresent()) {
      PeeringEndpoint endpoint = PeeringEndpoint.parse(listen.get());
      return new InetSocketAddress(endpoint.host(), endpoint.port());
    }
    PeeringEndpoint advertised = config.sites().getFirst().advertised().orElseThrow();
    InetSocketAddress named = new InetSocketAddress(advertised.host(), advertised.port());
    return !named.isUnresolved() && named.getAddress().isLoopbackAddress()
        ? named
        : new InetSocketAddress(advertised.port());
  }
}
