package dev.weir.service.net;

import io.vertx.core.Vertx;
import io.vertx.core.dns.DnsClient;
import io.vertx.core.dns.DnsClientOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** DNS as the machine is set up for it. */
public final class SystemDns implements Dns {
  private static final int MAX_RECORDS = 16;
  private static final int TIME_LIMIT_MILLIS = 2_000;

  private final DnsClient client;

  public SystemDns(Vertx vertx) {
    this.client = vertx.createDnsClient(new DnsClientOptions().setQueryTimeout(TIME_LIMIT_MILLIS));
  }

  @Override
  public List<InetAddress> addresses(String host) throws UnknownHostException {
    return List.of(InetAddress.getAllByName(host));
  }

  @Override
  public List<Service> services(String name) {
    try {
      return client
          .resolveSRV(name)
          .toCompletionStage()
          .toCompletableFuture()
          .get(2L * TIME_LIMIT_MILLIS, TimeUnit.MILLISECONDS)
          .stream()
          .map(
              record ->
                  new Service(
                      record.priority(),
                      record.weight(),
                      withoutFinalDot(record.target()),
                      record.port()))
          // A target of "." says that there is no such service.
          .filter(service -> !service.host().isEmpty() && service.port() > 0)
          .sorted(
              Comparator.comparingInt(Service::priority)
                  .thenComparing(Comparator.comparingInt(Service::weight).reversed()))
          .limit(MAX_RECORDS)
          .toList();
    } catch (ExecutionException | TimeoutException e) {
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  private static String withoutFinalDot(@Nullable String host) {
    if (host == null) {
      return "";
    }
    return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
  }
}
