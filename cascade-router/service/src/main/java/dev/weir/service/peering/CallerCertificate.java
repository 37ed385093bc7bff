package dev.weir.service.peering;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** Gives every call the chain that its connection was made with; a call without one is nobody's. */
final class CallerCertificate implements ServerInterceptor {
  static final Context.Key<List<X509Certificate>> CHAIN = Context.key("weir-peer-chain");

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    if (session != null) {
      try {
        List<X509Certificate> chain =
            Arrays.stream(session.getPeerCertificates()).map(X509Certificate.class::cast).toList();
        return Contexts.interceptCall(
            Context.current().withValue(CHAIN, chain), call, headers, next);
      } catch (SSLPeerUnverifiedException e) {
        // Falls through to the refusal: an unproven caller is a stranger.
      }
    }
    call.close(Status.UNAUTHENTICATED, new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
