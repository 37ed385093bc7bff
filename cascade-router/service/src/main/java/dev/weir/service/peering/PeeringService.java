package dev.weir.service.peering;

import dev.weir.peering.v1.AdmitRequest;
import dev.weir.peering.v1.AdmitResponse;
import dev.weir.peering.v1.CloseLegRequest;
import dev.weir.peering.v1.CloseLegResponse;
import dev.weir.peering.v1.DelegateRequest;
import dev.weir.peering.v1.DelegateResponse;
import dev.weir.peering.v1.HelloRequest;
import dev.weir.peering.v1.HelloResponse;
import dev.weir.peering.v1.LegGrant;
import dev.weir.peering.v1.OpenLegRequest;
import dev.weir.peering.v1.PeeringGrpc;
import dev.weir.peering.v1.RenewLegRequest;
import dev.weir.peering.v1.SyncMessage;
import dev.weir.peering.v1.TakeInRequest;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of the protocol: finds out who calls whom, refuses everybody else, and passes
 * on. Who calls is taken from the connection's certificate, judged anew at every call.
 */
final class PeeringService extends PeeringGrpc.PeeringImplBase {
  private static final Logger LOG = Logger.getLogger(PeeringService.class);

  private final PeerDirectory directory;
  private final Greeting greeting;
  private final SyncStreams streams;
  private final PeerRequests requests;
  private final PeerAllowances allowances;
  private final PeerAudit audit;
  private final Consumer<PeerKey> greeted;

  PeeringService(
      PeerDirectory directory,
      Greeting greeting,
      SyncStreams streams,
      PeerRequests requests,
      PeerAllowances allowances,
      PeerAudit audit,
      Consumer<PeerKey> greeted) {
    this.directory = directory;
    this.greeting = greeting;
    this.streams = streams;
    this.requests = requests;
    this.allowances = allowances;
    this.audit = audit;
    this.greeted = greeted;
  }

  @Override
  public void hello(HelloRequest request, StreamObserver<HelloResponse> out) {
    answer(
        "hello",
        request.getToServerName(),
        out,
        agreement -> {
          if (!agreement.key().peer().equals(request.getServerName())) {
            throw new PeerRefusal(
                PeerRefusal.Reason.NOT_ALLOWED, "the certificate proves another server name");
          }
          greeted.accept(agreement.key());
          return greeting.answer(agreement.key(), request);
        });
  }

  @Override
  public void admit(AdmitRequest request, StreamObserver<AdmitResponse> out) {
    answer(
        "admit",
        request.getToServerName(),
        out,
        agreement -> {
          allowances.takeAdmit(agreement);
          return requests.admit(agreement, request);
        });
  }

  @Override
  public void takeIn(TakeInRequest request, StreamObserver<AdmitResponse> out) {
    answer(
        "take_in",
        request.getToServerName(),
        out,
        agreement -> {
          allowances.takeAdmit(agreement);
          return requests.takeIn(agreement, request);
        });
  }

  @Override
  public void openLeg(OpenLegRequest request, StreamObserver<LegGrant> out) {
    answer("open_leg", request.getToServerName(), out, a -> requests.openLeg(a, request));
  }

  @Override
  public void renewLeg(RenewLegRequest request, StreamObserver<LegGrant> out) {
    answer("renew_leg", request.getToServerName(), out, a -> requests.renewLeg(a, request));
  }

  @Override
  public void closeLeg(CloseLegRequest request, StreamObserver<CloseLegResponse> out) {
    answer(
        "close_leg",
        request.getToServerName(),
        out,
        agreement -> {
          requests.closeLeg(agreement, request);
          return CloseLegResponse.getDefaultInstance();
        });
  }

  @Override
  public void delegate(DelegateRequest request, StreamObserver<DelegateResponse> out) {
    answer(
        "delegate",
        request.getToServerName(),
        out,
        agreement -> {
          allowances.takeAdmit(agreement);
          return DelegateResponse.newBuilder()
              .setStored(requests.delegate(agreement, request))
              .build();
        });
  }

  @Override
  public StreamObserver<SyncMessage> sync(StreamObserver<SyncMessage> out) {
    var outbound = (ServerCallStreamObserver<SyncMessage>) out;
    var incoming = new Incoming(outbound, chain());
    outbound.setOnReadyHandler(incoming::wake);
    outbound.setOnCancelHandler(incoming::cancelled);
    return incoming;
  }

  /** A partner's stream; the first message says for which of our sites it is. */
  private final class Incoming implements StreamObserver<SyncMessage> {
    private final ServerCallStreamObserver<SyncMessage> outbound;
    private final List<X509Certificate> chain;
    private volatile @Nullable SyncStream stream;

    Incoming(ServerCallStreamObserver<SyncMessage> outbound, List<X509Certificate> chain) {
      this.outbound = outbound;
      this.chain = chain;
    }

    void wake() {
      SyncStream s = stream;
      if (s != null) {
        s.wake();
      }
    }

    void cancelled() {
      SyncStream s = stream;
      if (s != null) {
        s.onError(Status.CANCELLED.asRuntimeException());
      }
    }

    @Override
    public void onNext(SyncMessage message) {
      SyncStream s = stream;
      if (s == null) {
        Optional<Agreement> agreement =
            directory.caller(chain, message.getOpen().getToServerName());
        if (agreement.isEmpty()) {
          audit.stranger("sync");
          outbound.onError(Status.PERMISSION_DENIED.asRuntimeException());
          return;
        }
        s = streams.accept(agreement.get(), outbound);
        stream = s;
      }
      s.onNext(message);
    }

    @Override
    public void onError(Throwable failure) {
      cancelled();
    }

    @Override
    public void onCompleted() {
      SyncStream s = stream;
      if (s != null) {
        s.onCompleted();
      } else {
        outbound.onCompleted();
      }
    }
  }

  @FunctionalInterface
  private interface Answer<A> {
    A give(Agreement agreement) throws PeerRefusal;
  }

  private <A> void answer(String what, String site, StreamObserver<A> out, Answer<A> answer) {
    Optional<Agreement> agreement = directory.caller(chain(), site);
    if (agreement.isEmpty()) {
      audit.stranger(what);
      out.onError(Status.PERMISSION_DENIED.asRuntimeException());
      return;
    }
    PeerKey key = agreement.get().key();
    try {
      A given = answer.give(agreement.get());
      if (given instanceof AdmitResponse response && response.hasRefused()) {
        audit.refused(what, key, response.getRefused().getReason());
      } else {
        audit.granted(what, key);
      }
      out.onNext(given);
      out.onCompleted();
    } catch (PeerRefusal refusal) {
      audit.refused(what, key, refusal.reason());
      out.onError(
          statusOf(refusal.reason()).withDescription(refusal.getMessage()).asRuntimeException());
    } catch (RuntimeException e) {
      LOG.errorf(e, "event=peer_request_failed what=%s link=%s", what, key);
      out.onError(Status.INTERNAL.asRuntimeException());
    }
  }

  private static Status statusOf(PeerRefusal.Reason reason) {
    return switch (reason) {
      case NOT_ALLOWED -> Status.PERMISSION_DENIED;
      case BAD_REQUEST -> Status.INVALID_ARGUMENT;
      case UNKNOWN -> Status.NOT_FOUND;
      case OVER_LIMIT -> Status.RESOURCE_EXHAUSTED;
      case UNAVAILABLE -> Status.UNAVAILABLE;
    };
  }

  private static List<X509Certificate> chain() {
    List<X509Certificate> chain = CallerCertificate.CHAIN.get();
    return chain == null ? List.of() : chain;
  }
}
