package dev.weir.relay.signal;

import com.google.protobuf.InvalidProtocolBufferException;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import org.jspecify.annotations.Nullable;

/**
 * One signalling WebSocket. Messages are handed on one at a time, the end after all of them; while
 * some wait, nothing is read. Everything happens on the thread of its event loop.
 */
final class WebSocketChannel extends SimpleChannelInboundHandler<WebSocketFrame>
    implements SignalDialer.Channel {
  private static final long GOODBYE_MILLIS = 1_000;

  private final EventLoop loop;
  private final SignalDialer.Events events;
  private final Queue<byte[]> unsent = new ArrayDeque<>();
  private final Queue<SignalResponse> unread = new ArrayDeque<>();
  private @Nullable ChannelHandlerContext socket;
  private @Nullable String ended;
  private boolean open;
  private boolean handling;
  private boolean closed;

  WebSocketChannel(EventLoop loop, SignalDialer.Events events) {
    this.loop = loop;
    this.events = events;
  }

  @Override
  public void send(SignalRequest request) {
    byte[] bytes = request.toByteArray();
    onLoop(
        () -> {
          if (!closed) {
            unsent.add(bytes);
            flush();
          }
        });
  }

  @Override
  public void close() {
    onLoop(
        () -> {
          closed = true;
          unread.clear();
          if (open) {
            closeSocket();
          } else {
            // What was sent may still get out.
            loop.schedule(this::closeSocket, GOODBYE_MILLIS, TimeUnit.MILLISECONDS);
          }
        });
  }

  /** There is no connection. */
  void failed(Throwable cause) {
    onLoop(() -> end(words(cause)));
  }

  private void onLoop(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      // The dialer is closed, and all its channels with it.
    }
  }

  private void flush() {
    ChannelHandlerContext to = socket;
    if (to == null || !open) {
      return;
    }
    for (byte[] bytes = unsent.poll(); bytes != null; bytes = unsent.poll()) {
      to.write(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(bytes)));
    }
    to.flush();
  }

  private void closeSocket() {
    ChannelHandlerContext to = socket;
    if (to != null) {
      to.close();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    socket = context;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
      open = true;
      flush();
      if (closed) {
        closeSocket();
      }
    } else if (event == ClientHandshakeStateEvent.HANDSHAKE_TIMEOUT) {
      end("no answer to the handshake");
    }
    super.userEventTriggered(context, event);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame)
      throws IOException {
    if (frame instanceof CloseWebSocketFrame farewell) {
      end("closed with code " + farewell.statusCode());
      context.close();
    } else if (frame instanceof BinaryWebSocketFrame && !closed && ended == null) {
      unread.add(SignalResponse.parseFrom(new ByteBufInputStream(frame.content())));
      context.channel().config().setAutoRead(false);
      handOn();
    }
  }

  private void handOn() {
    ChannelHandlerContext from = socket;
    if (handling || closed) {
      return;
    }
    SignalResponse message = unread.poll();
    if (message != null) {
      handling = true;
      events.message(message, () -> onLoop(this::handled));
    } else if (ended != null) {
      closed = true;
      events.closed(ended);
    } else if (from != null) {
      from.channel().config().setAutoRead(true);
    }
  }

  private void handled() {
    handling = false;
    handOn();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    end("the connection broke");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    end(words(cause));
    context.close();
  }

  private void end(String why) {
    if (ended == null) {
      ended = why;
      handOn();
    }
  }

  private static String words(Throwable failure) {
    if (failure instanceof WebSocketClientHandshakeException refused
        && refused.response() != null) {
      return "refused with HTTP " + refused.response().status().code();
    }
    if (failure instanceof InvalidProtocolBufferException) {
      return "message that is no signalling response";
    }
    String message = failure.getMessage();
    String kind = failure.getClass().getSimpleName();
    return message == null ? kind : kind + ": " + message;
  }
}
