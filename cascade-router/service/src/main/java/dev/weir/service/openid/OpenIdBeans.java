package dev.weir.service.openid;

import dev.weir.service.config.Configuration;
import dev.weir.service.net.Dns;
import dev.weir.service.net.GuardedHttp;
import dev.weir.service.net.TrustedHttp;
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
      Dns dns,
      GuardedHttp strangers,
      TrustedHttp trusted,
      ServerNameResolver resolver,
      Configuration configuration) {
    return new OpenIdVerifier(
        new OpenIdVerifier.Way(strangers, resolver),
        new OpenIdVerifier.Way(trusted.http(), new ServerNameResolver(trusted.http(), dns)),
        new Configured(configuration));
  }

  private record Configured(Configuration configuration) implements OpenIdVerifier.Ours {
    @Override
    public Optional<URI> baseUrl(String server) {
      return configuration.current().all().stream()
          .flatMap(home -> Optional.ofNullable(home.federationApis().get(server)).stream())
          .findFirst();
    }

    /** The admin of a server decides where its name leads. */
    @Override
    public boolean isNamed(String server) {
      return configuration.current().all().stream()
          .anyMatch(home -> home.servers().contains(server));
    }
  }
}
