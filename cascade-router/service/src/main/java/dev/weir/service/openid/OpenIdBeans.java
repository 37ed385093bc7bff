package dev.weir.service.openid;

import dev.weir.service.config.Configuration;
import dev.weir.service.config.RouterSettings;
import dev.weir.service.net.AddressGuard;
import dev.weir.service.net.Dns;
import dev.weir.service.net.GuardedHttp;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Optional;

/** The parts of this package as the rest of the router gets them. */
@ApplicationScoped
class OpenIdBeans {
  @Produces
  @Singleton
  ServerNameResolver resolver(GuardedHttp strangers, Dns dns) {
    return new ServerNameResolver(strangers, dns);
  }

  @Produces
  @Singleton
  OpenIdVerifier verifier(
      Vertx vertx,
      Dns dns,
      GuardedHttp strangers,
      ServerNameResolver resolver,
      Configuration configuration,
      RouterSettings settings) {
    // What the admin configured may be anywhere, in a cluster's private network above all.
    GuardedHttp configured =
        new GuardedHttp(vertx, dns, AddressGuard.allowing("0.0.0.0/0,::/0"), settings.verifyTls());
    return new OpenIdVerifier(
        strangers, configured, resolver, server -> federationApi(configuration, server));
  }

  private static Optional<URI> federationApi(Configuration configuration, String server) {
    return configuration.current().all().stream()
        .flatMap(home -> Optional.ofNullable(home.federationApis().get(server)).stream())
        .findFirst();
  }
}
