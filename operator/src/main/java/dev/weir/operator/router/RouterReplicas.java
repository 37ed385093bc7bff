package dev.weir.operator.router;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections to all ready router replicas: one an address of the headless Service.
 *
 * <p>The name is resolved at every use, because replicas come and go; the connections are kept. New
 * certificates on disk replace all of them.
 */
public final class RouterReplicas implements AutoCloseable {
  private final String host;
  private final int port;
  private final @Nullable Path certificates;
  private final Map<String, ManagedChannel> channels = new LinkedHashMap<>();
  private long certificatesOf;

  /**
   * Replicas behind a name.
   *
   * @param certificates folder with tls.crt, tls.key and ca.crt; null for plain text, in tests only
   */
  public RouterReplicas(String host, int port, @Nullable Path certificates) {
    this.host = host;
    this.port = port;
    this.certificates = certificates;
  }

  /** A channel to each replica that the name resolves to now, by address. */
  synchronized Map<String, ManagedChannel> channels() {
    dropOldCertificates();
    TreeSet<String> addresses = new TreeSet<>(addresses());
    for (String gone : List.copyOf(channels.keySet())) {
      if (!addresses.contains(gone)) {
        shutdown(channels.remove(gone));
      }
    }
    for (String address : addresses) {
      channels.computeIfAbsent(address, this::connect);
    }
    return Map.copyOf(channels);
  }

  private List<String> addresses() {
    try {
      List<String> addresses = new ArrayList<>();
      for (InetAddress address : InetAddress.getAllByName(host)) {
        addresses.add(address.getHostAddress());
      }
      return addresses;
    } catch (UnknownHostException e) {
      // No replica is ready: the headless Service has no address.
      return List.of();
    }
  }

  private ManagedChannel connect(String address) {
    return Grpc.newChannelBuilderForAddress(address, port, credentials())
        .overrideAuthority(host)
        .maxInboundMessageSize(8 << 20)
        .keepAliveTime(30, TimeUnit.SECONDS)
        .build();
  }

  private ChannelCredentials credentials() {
    if (certificates == null) {
      return InsecureChannelCredentials.create();
    }
    try {
      return TlsChannelCredentials.newBuilder()
          .keyManager(
              certificates.resolve("tls.crt").toFile(), certificates.resolve("tls.key").toFile())
          .trustManager(certificates.resolve("ca.crt").toFile())
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the certificates in " + certificates, e);
    }
  }

  private void dropOldCertificates() {
    if (certificates == null) {
      return;
    }
    try {
      long modified = Files.getLastModifiedTime(certificates.resolve("tls.crt")).toMillis();
      if (modified != certificatesOf) {
        certificatesOf = modified;
        close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the certificates in " + certificates, e);
    }
  }

  private static void shutdown(@Nullable ManagedChannel channel) {
    if (channel != null) {
      channel.shutdown();
    }
  }

  @Override
  public synchronized void close() {
    channels.values().forEach(RouterReplicas::shutdown);
    channels.clear();
  }
}
