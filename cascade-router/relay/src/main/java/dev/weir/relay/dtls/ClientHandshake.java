package dev.weir.relay.dtls;

import dev.weir.relay.srtp.SrtpProfile;
import java.io.IOException;
import java.util.Hashtable;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.bc.BcDefaultTlsCredentialedSigner;
import org.jspecify.annotations.Nullable;

/** The DTLS client's side. */
final class ClientHandshake extends DefaultTlsClient {
  private final DtlsIdentity identity;
  private final Fingerprint expected;
  private final int timeoutMillis;
  private @Nullable SrtpProfile profile;
  private @Nullable DtlsKeys keys;
  private boolean authenticated;

  ClientHandshake(DtlsIdentity identity, Fingerprint expected, int timeoutMillis) {
    super(identity.crypto);
    this.identity = identity;
    this.expected = expected;
    this.timeoutMillis = timeoutMillis;
  }

  DtlsKeys keys() throws IOException {
    if (keys == null || !authenticated) {
      throw new IOException("the handshake yielded no keys");
    }
    return keys;
  }

  @Override
  public int getHandshakeTimeoutMillis() {
    return timeoutMillis;
  }

  @Override
  protected ProtocolVersion[] getSupportedVersions() {
    return new ProtocolVersion[] {ProtocolVersion.DTLSv12};
  }

  @Override
  protected int[] getSupportedCipherSuites() {
    return UseSrtp.CIPHER_SUITES.clone();
  }

  @Override
  @SuppressWarnings("rawtypes")
  public Hashtable getClientExtensions() throws IOException {
    Hashtable extensions = super.getClientExtensions();
    Hashtable all = extensions == null ? new Hashtable() : extensions;
    UseSrtp.add(all, UseSrtp.offered());
    return all;
  }

  @Override
  @SuppressWarnings("rawtypes")
  public void processServerExtensions(Hashtable extensions) throws IOException {
    super.processServerExtensions(extensions);
    profile = UseSrtp.choose(extensions);
  }

  @Override
  public TlsAuthentication getAuthentication() {
    return new TlsAuthentication() {
      @Override
      public void notifyServerCertificate(TlsServerCertificate certificate) throws IOException {
        UseSrtp.check(certificate.getCertificate(), expected);
        authenticated = true;
      }

      @Override
      public TlsCredentials getClientCredentials(CertificateRequest request) {
        return new BcDefaultTlsCredentialedSigner(
            new TlsCryptoParameters(context),
            identity.crypto,
            identity.key,
            identity.certificate,
            new SignatureAndHashAlgorithm(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa));
      }
    };
  }

  @Override
  public void notifyHandshakeComplete() throws IOException {
    super.notifyHandshakeComplete();
    if (profile != null) {
      keys = UseSrtp.export(context, profile, true);
    }
  }
}
