package dev.weir.service.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections that take too long over the head of a request, be it that they say nothing or
 * a byte now and then. The framework's idle time cannot do that: it must be long, for calls, and
 * starts anew with each byte. So each connection is found soon after it was accepted, and watched
 * until its request is whole; a WebSocket is left alone from then on.
 */
@Singleton
final class SlowHeads {
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);

  /** A browser may open a connection some time before it needs it. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private static final Duration WHOLE_HEAD = Duration.ofSeconds(10);
  private static final String NAME = "weir-slow-heads";
  private static final int UNKNOWN = -1;

  private final Vertx vertx;
  private final AtomicInteger port = new AtomicInteger(UNKNOWN);

  SlowHeads(Vertx vertx) {
    this.vertx = vertx;
  }

  /** From now on connections to this port are watched. */
  void watch(int listening) {
    port.set(listening);
    vertx.setPeriodic(LOOK_EVERY.toMillis(), id -> lookAtAll());
  }

  /** The head of a request is there. */
  void whole(RoutingContext context) {
    HttpServerRequest request = context.request();
    if (!(request.connection() instanceof ConnectionBase connection)) {
      return;
    }
    Channel channel = connection.channel();
    @Nullable Watch watch = watch(channel);
    if (watch == null) {
      return;
    }
    watch.patience = Watch.FOR_EVER;
    watch.answering = true;
    if (request.getHeader("Upgrade") == null) {
      context.addEndHandler(done -> watch.answering = false);
    }
  }

  private static @Nullable Watch watch(Channel channel) {
    @Nullable Watch watch = channel.pipeline().get(Watch.class);
    if (watch == null && channel.isActive()) {
      watch = new Watch(now());
      channel.pipeline().addFirst(NAME, watch);
    }
    return watch;
  }

  @SuppressWarnings("deprecation")
  private void lookAtAll() {
    for (EventExecutor executor : vertx.nettyEventLoopGroup()) {
      if (executor instanceof SingleThreadEventLoop loop) {
        loop.execute(() -> look(loop));
      }
    }
  }

  private void look(SingleThreadEventLoop loop) {
    long now = now();
    Iterator<Channel> channels = loop.registeredChannelsIterator();
    while (channels.hasNext()) {
      Channel channel = channels.next();
      if (channel.parent() != null
          && channel.localAddress() instanceof InetSocketAddress local
          && local.getPort() == port.get()) {
        @Nullable Watch watch = watch(channel);
        if (watch != null && now - watch.patience > 0 && watch.patience != Watch.FOR_EVER) {
          channel.close();
        }
      }
    }
  }

  private static long now() {
    return System.nanoTime();
  }

  /** Touched by the connection's event loop only. */
  private static final class Watch extends ChannelInboundHandlerAdapter {
    private static final long FOR_EVER = Long.MAX_VALUE;

    private long patience;
    private boolean answering;

    private Watch(long now) {
      this.patience = now + SILENCE.toNanos();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (!answering) {
        long limit = now() + WHOLE_HEAD.toNanos();
        patience = patience == FOR_EVER ? limit : Math.min(patience, limit);
      }
      context.fireChannelRead(message);
    }
  }
}
