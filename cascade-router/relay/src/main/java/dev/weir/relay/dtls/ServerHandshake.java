package dev.weir.relay.dtls;

import dev.weir.relay.srtp.SrtpProfile;
import java.io.IOException;
import java.util.Hashtable;
import java.util.Vector;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.bc.BcDefaultTlsCredentialedSigner;
import org.jspecify.annotations.Nullable;

/** The DTLS server's side. */
final class ServerHandshake extends DefaultTlsServer {
  private final DtlsIdentity identity;
  private final Fingerprint expected;
  private final int timeoutMillis;
  private @Nullable SrtpProfile profile;
  private @Nullable DtlsKeys keys;
  private boolean authenticated;

  ServerHandshake(DtlsIdentity identity, Fingerprint expected, int timeoutMillis) {
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
    return new int[] {UseSrtp.CIPHER_SUITES[0]};
  }

  @Override
  protected TlsCredentialedSigner getECDSASignerCredentials() {
    return new BcDefaultTlsCredentialedSigner(
        new TlsCryptoParameters(context),
        identity.crypto,
        identity.key,
        identity.certificate,
        new SignatureAndHashAlgorithm(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa));
  }

  @Override
  public CertificateRequest getCertificateRequest() {
    Vector<SignatureAndHashAlgorithm> algorithms = new Vector<>();
    algorithms.add(new SignatureAndHashAlgorithm(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa));
    algorithms.add(new SignatureAndHashAlgorithm(HashAlgorithm.sha256, SignatureAlgorithm.rsa));
    return new CertificateRequest(
        new short[] {ClientCertificateType.ecdsa_sign, ClientCertificateType.rsa_sign},
        algorithms,
        null);
  }

  @Override
  public void notifyClientCertificate(Certificate certificate) throws IOException {
    UseSrtp.check(certificate, expected);
    authenticated = true;
  }

  @Override
  @SuppressWarnings("rawtypes")
  public void processClientExtensions(Hashtable extensions) throws IOException {
    super.processClientExtensions(extensions);
    profile = UseSrtp.choose(extensions);
  }

  @Override
  @SuppressWarnings("rawtypes")
  public Hashtable getServerExtensions() throws IOException {
    Hashtable extensions = super.getServerExtensions();
    Hashtable all = extensions == null ? new Hashtable() : extensions;
    if (profile != null) {
      UseSrtp.add(all, new int[] {profile.id()});
    }
    return all;
  }

  @Override
  public void notifyHandshakeComplete() throws IOException {
    super.notifyHandshakeComplete();
    if (profile != null) {
      keys = UseSrtp.export(context, profile, false);
    }
  }
}
