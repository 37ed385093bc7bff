package dev.weir.service.net;

import dev.weir.service.config.RouterSettings;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;

/** The parts of this package as the rest of the router gets them. */
@ApplicationScoped
class NetBeans {
  @Produces
  @Singleton
  InstantSource clock() {
    return InstantSource.system();
  }

  @Produces
  @Singleton
  AddressGuard guard(RouterSettings settings) {
    return AddressGuard.allowing(settings.allowedNetworks());
  }

  @Produces
  @Singleton
  Dns dns(Vertx vertx) {
    return new SystemDns(vertx);
  }

  /** Reaches whoever strangers name. */
  @Produces
  @Singleton
  GuardedHttp strangers(Vertx vertx, Dns dns, AddressGuard guard, RouterSettings settings) {
    return new GuardedHttp(vertx, dns, guard, settings.verifyTls());
  }

  @Produces
  @Singleton
  TrustedHttp trusted(Vertx vertx, Dns dns, RouterSettings settings) {
    return new TrustedHttp(
        new GuardedHttp(
            vertx,
            dns,
            AddressGuard.allowing("0.0.0.0/0,::/0"),
            settings.verifyTls(),
            Turns.amongOurs()));
  }

  void close(@Disposes TrustedHttp trusted) {
    trusted.http().close();
  }

  void close(@Disposes GuardedHttp http) {
    http.close();
  }
}
