package dev.weir.service.peering;

import dev.weir.service.peering.trust.GuardedAddresses;
import dev.weir.service.peering.trust.PeeringEndpoint;
import dev.weir.service.peering.trust.PinnedPeers;
import dev.weir.service.peering.trust.SiteKeys;
import dev.weir.service.peering.trust.Verdict;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Dials a partner: only guarded addresses, only the proven partner, with our site's certificate.
 */
final class ChannelMaker {
  private final PeerDirectory directory;
  private final GuardedAddresses addresses;
  private final Executor calls;

  ChannelMaker(PeerDirectory directory, GuardedAddresses addresses, Executor calls) {
    this.directory = directory;
    this.addresses = addresses;
    this.calls = calls;
  }

  /**
   * @param attempt which of several addresses of a name is tried
   * @param judged hears what was thought of the certificate that the other end presented
   */
  ManagedChannel dial(
      Agreement agreement, PeeringEndpoint endpoint, int attempt, Consumer<Verdict> judged)
      throws IOException {
    List<InetSocketAddress> found = addresses.resolve(endpoint, agreement.endpoint().isPresent());
    if (found.isEmpty()) {
      throw new IOException("no address that may be dialled for " + endpoint);
    }
    PeerKey key = agreement.key();
    // A new context each time: resumed sessions would skip the judgement of the certificate.
    var tls =
        GrpcSslContexts.configure(
                SslContextBuilder.forClient()
                    .keyManager(
                        new SiteKeys(() -> directory.certificateOf(key.site()).stream().toList()))
                    .trustManager(
                        new PinnedPeers(
                            chain -> {
                              Verdict verdict = directory.judge(chain, agreement);
                              judged.accept(verdict);
                              return verdict;
                            }))
                    .protocols("TLSv1.3"),
                SslProvider.JDK)
            .build();
    return NettyChannelBuilder.forAddress(found.get(Math.floorMod(attempt, found.size())))
        .overrideAuthority(authority(key.peer()))
        .sslContext(tls)
        .executor(calls)
        .maxInboundMessageSize(PeeringServer.LARGEST_MESSAGE)
        .keepAliveTime(10, TimeUnit.SECONDS)
        .keepAliveTimeout(5, TimeUnit.SECONDS)
        .keepAliveWithoutCalls(true)
        .build();
  }

  /** The name that TLS asks for (SNI), so that one port serves several sites. */
  private static String authority(String serverName) {
    return serverName;
  }
}
