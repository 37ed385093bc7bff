package dev.weir.service.peering.trust;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Ends a TLS handshake with anybody that our judgement does not trust, before a byte of HTTP is
 * read. The platform's own host name check does not apply: the judgement includes the name.
 */
public final class PinnedPeers extends X509ExtendedTrustManager {
  private final Function<List<X509Certificate>, Verdict> judgement;

  public PinnedPeers(Function<List<X509Certificate>, Verdict> judgement) {
    this.judgement = judgement;
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    if (judgement.apply(List.of(chain)) instanceof Verdict.Refused(Verdict.Reason reason)) {
      throw new UntrustedPeer(reason);
    }
  }

  /** Carries the reason of a refusal to whoever dialled. */
  public static final class UntrustedPeer extends CertificateException {
    private static final long serialVersionUID = 1;
    private final Verdict.Reason reason;

    UntrustedPeer(Verdict.Reason reason) {
      super("peer certificate refused: " + reason);
      this.reason = reason;
    }

    public Verdict.Reason reason() {
      return reason;
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
