package dev.weir.service.peering;

import dev.weir.peering.v1.PeeringGrpc;
import dev.weir.peering.v1.SyncMessage;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The Sync streams that are up: one per agreement, the newest wins. */
final class SyncStreams {
  static final int NONCE_BYTES = 32;

  private final SyncStream.Parts parts;
  private final SecureRandom random;
  private final Map<PeerKey, SyncStream> current = new ConcurrentHashMap<>();

  SyncStreams(SyncStream.Parts parts, SecureRandom random) {
    this.parts = parts;
    this.random = random;
  }

  /** The open stream of an agreement, if there is one. */
  Optional<SyncStream> of(PeerKey key) {
    return Optional.ofNullable(current.get(key)).filter(SyncStream::isOpen);
  }

  SyncStream dial(Agreement agreement, PeeringGrpc.PeeringStub stub) {
    SyncStream stream = create(agreement);
    stub.sync(
        new ClientResponseObserver<SyncMessage, SyncMessage>() {
          @Override
          public void beforeStart(ClientCallStreamObserver<SyncMessage> outbound) {
            stream.attach(outbound);
            outbound.setOnReadyHandler(stream::wake);
          }

          @Override
          public void onNext(SyncMessage message) {
            stream.onNext(message);
          }

          @Override
          public void onError(Throwable failure) {
            stream.onError(failure);
          }

          @Override
          public void onCompleted() {
            stream.onCompleted();
          }
        });
    stream.begin();
    return stream;
  }

  /** A partner's stream, after its first message has said for which of our sites it is. */
  SyncStream accept(Agreement agreement, ServerCallStreamObserver<SyncMessage> outbound) {
    SyncStream stream = create(agreement);
    stream.attach(outbound);
    stream.begin();
    return stream;
  }

  private SyncStream create(Agreement agreement) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    var self = new @Nullable SyncStream[1];
    SyncStream stream =
        new SyncStream(
            agreement,
            parts,
            nonce,
            () -> {
              SyncStream s = self[0];
              if (s != null) {
                current.remove(agreement.key(), s);
              }
            });
    self[0] = stream;
    SyncStream before = current.put(agreement.key(), stream);
    if (before != null) {
      before.end(Status.ABORTED.withDescription("a newer stream took over"));
    }
    return stream;
  }

  /** Ends the streams whose agreement is no longer exactly what they were opened under. */
  void recheck(PeerDirectory directory) {
    List<SyncStream> stale = new ArrayList<>();
    current.forEach(
        (key, stream) -> {
          if (directory.inForce(key).filter(stream.agreement()::equals).isEmpty()) {
            stale.add(stream);
          }
        });
    stale.forEach(
        s -> s.end(Status.PERMISSION_DENIED.withDescription("the agreement has changed")));
  }

  void endAll() {
    List.copyOf(current.values())
        .forEach(s -> s.end(Status.UNAVAILABLE.withDescription("shutting down")));
  }
}
