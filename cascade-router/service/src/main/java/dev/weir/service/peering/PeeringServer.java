package dev.weir.service.peering;

import dev.weir.service.peering.trust.PinnedPeers;
import dev.weir.service.peering.trust.SiteKeys;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** The one listening port for the partners of all our sites: TLS 1.3, both sides proven. */
public final class PeeringServer implements AutoCloseable {
  static final int LARGEST_MESSAGE = 512 * 1024;
  private static final int LARGEST_HEADERS = 8 * 1024;
  private static final int CALLS_PER_CONNECTION = 256;
  private static final Duration HANDSHAKE = Duration.ofSeconds(10);
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private final Server server;

  public PeeringServer(
      InetSocketAddress address, PeerDirectory directory, BindableService service, Executor calls)
      throws IOException {
    var tls =
        GrpcSslContexts.configure(
                SslContextBuilder.forServer(new SiteKeys(directory::certificates))
                    .trustManager(new PinnedPeers(directory::judgeStranger))
                    .clientAuth(ClientAuth.REQUIRE)
                    .protocols("TLSv1.3"),
                SslProvider.JDK)
            .build();
    this.server =
        NettyServerBuilder.forAddress(address)
            .sslContext(tls)
            .executor(calls)
            .intercept(new CallerCertificate())
            .addService(service)
            .maxInboundMessageSize(LARGEST_MESSAGE)
            .maxInboundMetadataSize(LARGEST_HEADERS)
            .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
            .handshakeTimeout(HANDSHAKE.toMillis(), TimeUnit.MILLISECONDS)
            .permitKeepAliveTime(5, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .build()
            .start();
  }

  public int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    server.shutdown();
    try {
      if (!server.awaitTermination(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
