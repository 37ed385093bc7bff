package dev.weir.service.peering;

import com.google.protobuf.ByteString;
import dev.weir.peering.v1.Heartbeat;
import dev.weir.peering.v1.SyncMessage;
import dev.weir.peering.v1.SyncOpen;
import io.grpc.Status;
import io.grpc.stub.CallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One Sync stream, the same at both ends: opens with a nonce, beats, carries its content while the
 * line has room, and ends for good when the partner is silent, breaks the protocol or hangs up.
 */
final class SyncStream implements StreamObserver<SyncMessage> {
  private static final Logger LOG = Logger.getLogger(SyncStream.class);

  /** What all streams share. */
  record Parts(
      SyncContent.Factory contents,
      LinkTiming timing,
      InstantSource clock,
      ScheduledExecutorService scheduler,
      Executor executor) {}

  private final Agreement agreement;
  private final Parts parts;
  private final byte[] nonce;
  private final CountDownLatch end = new CountDownLatch(1);
  private final ReentrantLock writing = new ReentrantLock();
  private final AtomicBoolean drainDue = new AtomicBoolean();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final Runnable whenEnded;
  private volatile @Nullable CallStreamObserver<SyncMessage> line;
  private volatile @Nullable ScheduledFuture<?> beat;
  private volatile @Nullable SyncContent content;
  private volatile Instant heard;

  SyncStream(Agreement agreement, Parts parts, byte[] nonce, Runnable whenEnded) {
    this.agreement = agreement;
    this.parts = parts;
    this.nonce = nonce.clone();
    this.whenEnded = whenEnded;
    this.heard = parts.clock().instant();
  }

  Agreement agreement() {
    return agreement;
  }

  /** Both sides have opened: records flow. */
  boolean isOpen() {
    return content != null && !ended.get();
  }

  /** Must be called before the first message can arrive. */
  void attach(CallStreamObserver<SyncMessage> outbound) {
    line = outbound;
  }

  void begin() {
    write(
        SyncMessage.newBuilder()
            .setOpen(
                SyncOpen.newBuilder()
                    .setServerName(agreement.key().site())
                    .setToServerName(agreement.key().peer())
                    .setNonce(ByteString.copyFrom(nonce)))
            .build());
    long every = parts.timing().heartbeat().toMillis();
    beat =
        parts
            .scheduler()
            .scheduleAtFixedRate(() -> onExecutor(this::beat), every, every, TimeUnit.MILLISECONDS);
    if (ended.get()) {
      stopBeat();
    }
  }

  private void beat() {
    Instant now = parts.clock().instant();
    if (now.isAfter(heard.plus(parts.timing().silence()))) {
      end(Status.DEADLINE_EXCEEDED.withDescription("no heartbeat"));
      return;
    }
    write(
        SyncMessage.newBuilder()
            .setHeartbeat(Heartbeat.newBuilder().setUnixMillis(now.toEpochMilli()))
            .build());
    drain();
  }

  @Override
  public void onNext(SyncMessage message) {
    heard = parts.clock().instant();
    try {
      switch (message.getMessageCase()) {
        case OPEN -> opened(message.getOpen());
        case HEARTBEAT -> {}
        case MESSAGE_NOT_SET -> {} // A newer partner says something that we do not know.
        default -> {
          SyncContent c = content;
          if (c == null) {
            throw new SyncContent.BadSync("content before open");
          }
          c.received(message);
        }
      }
    } catch (SyncContent.BadSync e) {
      LOG.warnf("event=peer_broke_protocol link=%s what=\"%s\"", agreement.key(), e.getMessage());
      end(Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
    }
  }

  private void opened(SyncOpen open) throws SyncContent.BadSync {
    if (content != null) {
      throw new SyncContent.BadSync("opened twice");
    }
    byte[] theirs = open.getNonce().toByteArray();
    if (theirs.length != SyncStreams.NONCE_BYTES) {
      throw new SyncContent.BadSync("a nonce has " + SyncStreams.NONCE_BYTES + " bytes");
    }
    SyncContent opened = parts.contents().open(agreement, nonce, theirs, this::wake);
    content = opened;
    if (ended.get()) {
      opened.ended();
      return;
    }
    wake();
  }

  /** There is something to say. Cheap, and safe from any thread. */
  void wake() {
    if (drainDue.compareAndSet(false, true)) {
      onExecutor(this::drain);
    }
  }

  private void drain() {
    writing.lock();
    try {
      drainDue.set(false);
      CallStreamObserver<SyncMessage> out = line;
      SyncContent c = content;
      while (out != null && c != null && !ended.get() && out.isReady()) {
        SyncMessage next = c.next();
        if (next == null) {
          return;
        }
        out.onNext(next);
      }
    } catch (RuntimeException e) {
      LOG.debugf(e, "event=peer_stream_write_failed link=%s", agreement.key());
      end(Status.UNAVAILABLE);
    } finally {
      writing.unlock();
    }
  }

  private void write(SyncMessage message) {
    writing.lock();
    try {
      CallStreamObserver<SyncMessage> out = line;
      if (out != null && !ended.get()) {
        out.onNext(message);
      }
    } catch (IllegalStateException e) {
      LOG.debugf("event=peer_stream_gone link=%s", agreement.key());
      end(Status.UNAVAILABLE);
    } finally {
      writing.unlock();
    }
  }

  private void onExecutor(Runnable work) {
    parts.executor().execute(work);
  }

  @Override
  public void onError(Throwable failure) {
    finish();
  }

  @Override
  public void onCompleted() {
    end(Status.OK);
  }

  /** Ends the stream from our side. */
  void end(Status why) {
    CallStreamObserver<SyncMessage> out = line;
    if (finish() && out != null) {
      writing.lock();
      try {
        if (why.isOk()) {
          out.onCompleted();
        } else {
          out.onError(why.asRuntimeException());
        }
      } catch (IllegalStateException e) {
        LOG.debugf("event=peer_stream_already_closed link=%s", agreement.key());
      } finally {
        writing.unlock();
      }
    }
  }

  private boolean finish() {
    if (!ended.compareAndSet(false, true)) {
      return false;
    }
    stopBeat();
    SyncContent c = content;
    if (c != null) {
      c.ended();
    }
    end.countDown();
    whenEnded.run();
    return true;
  }

  private void stopBeat() {
    ScheduledFuture<?> b = beat;
    if (b != null) {
      b.cancel(false);
    }
  }

  void awaitEnd() throws InterruptedException {
    try {
      end.await();
    } catch (InterruptedException e) {
      end(Status.CANCELLED);
      throw e;
    }
  }
}
