package dev.weir.relay.signal;

import dev.weir.relay.AddressGuard;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.WrappedJoinRequest;

/** Dials {@code /rtc/v1} of a LiveKit server or of a gate before it. */
public final class WebSocketDialer implements SignalDialer, AutoCloseable {
  private static final int LIMIT_MILLIS = 8_000;
  private static final int CLOSE_LIMIT_MILLIS = 1_000;
  private static final int MAX_MESSAGE = 4 << 20;
  private static final int MAX_REFUSAL = 64 << 10;

  private final EventLoopGroup threads =
      new NioEventLoopGroup(1, new DefaultThreadFactory("weir-signalling", true));

  @Override
  public Channel dial(URI url, String token, JoinRequest join, AddressGuard guard, Events events) {
    EventLoop loop = threads.next();
    WebSocketChannel channel = new WebSocketChannel(loop, events);
    // Looking up a name may take its time.
    Thread.ofVirtual().name("dial").start(() -> connect(loop, channel, url, token, join, guard));
    return channel;
  }

  private static void connect(
      EventLoop loop,
      WebSocketChannel channel,
      URI url,
      String token,
      JoinRequest join,
      AddressGuard guard) {
    try {
      InetSocketAddress server = check(url, guard);
      WebSocketClientProtocolConfig handshake = handshake(endpoint(url, join), token);
      SSLEngine tls = isSecure(url) ? tls(url.getHost(), server.getPort()) : null;
      ChannelFuture connecting =
          new Bootstrap()
              .group(loop)
              .channel(NioSocketChannel.class)
              .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, LIMIT_MILLIS)
              .option(ChannelOption.TCP_NODELAY, true)
              .handler(
                  new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel socket) {
                      ChannelPipeline line = socket.pipeline();
                      if (tls != null) {
                        line.addLast(new SslHandler(tls));
                      }
                      line.addLast(
                          new HttpClientCodec(),
                          new HttpObjectAggregator(MAX_REFUSAL),
                          new WebSocketClientProtocolHandler(handshake),
                          new WebSocketFrameAggregator(MAX_MESSAGE),
                          channel);
                    }
                  })
              .connect(server);
      connecting.addListener(
          done -> {
            if (!done.isSuccess()) {
              channel.failed(done.cause());
            }
          });
    } catch (IOException | IllegalArgumentException | NoSuchAlgorithmException e) {
      channel.failed(e);
    }
  }

  @Override
  public void close() {
    threads.shutdownGracefully(0, CLOSE_LIMIT_MILLIS, TimeUnit.MILLISECONDS);
  }

  static URI endpoint(URI base, JoinRequest join) {
    byte[] wrapped =
        WrappedJoinRequest.newBuilder().setJoinRequest(join.toByteString()).build().toByteArray();
    String text = base.toString();
    String path = text.endsWith("/") ? text + "rtc/v1" : text + "/rtc/v1";
    return URI.create(path + "?join_request=" + Base64.getUrlEncoder().encodeToString(wrapped));
  }

  private static WebSocketClientProtocolConfig handshake(URI endpoint, String token) {
    HttpHeaders headers =
        new DefaultHttpHeaders().set(HttpHeaderNames.AUTHORIZATION, "Bearer " + token);
    return WebSocketClientProtocolConfig.newBuilder()
        .webSocketUri(endpoint)
        .customHeaders(headers)
        .generateOriginHeader(false)
        .maxFramePayloadLength(MAX_MESSAGE)
        .handleCloseFrames(false)
        .handshakeTimeoutMillis(LIMIT_MILLIS)
        .forceCloseTimeoutMillis(CLOSE_LIMIT_MILLIS)
        .build();
  }

  private static boolean isSecure(URI url) {
    return "wss".equals(url.getScheme());
  }

  private static SSLEngine tls(String host, int port) throws NoSuchAlgorithmException {
    SSLEngine engine = SSLContext.getDefault().createSSLEngine(host, port);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    engine.setSSLParameters(parameters);
    return engine;
  }

  /** The address to connect to: the one that was checked, however the name is answered later. */
  private static InetSocketAddress check(URI url, AddressGuard guard) throws IOException {
    String host = url.getHost();
    if (host == null || !("ws".equals(url.getScheme()) || isSecure(url))) {
      throw new IOException("not a WebSocket URL");
    }
    InetAddress[] addresses = InetAddress.getAllByName(host);
    for (InetAddress address : addresses) {
      if (!guard.allows(address)) {
        throw new IOException("the signalling host has an address that is not allowed");
      }
    }
    int usual = isSecure(url) ? 443 : 80;
    return new InetSocketAddress(addresses[0], url.getPort() < 0 ? usual : url.getPort());
  }
}
