package dev.weir.service.peering.trust;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Presents the certificates of our own sites, read anew at every handshake: a renewed certificate
 * needs no restart. The server side picks by the name that the caller asked for (SNI); a caller
 * that names nobody gets the first site.
 */
public final class SiteKeys extends X509ExtendedKeyManager {
  private final Supplier<List<SiteCertificate>> certificates;

  public SiteKeys(Supplier<List<SiteCertificate>> certificates) {
    this.certificates = certificates;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    List<SiteCertificate> mine = certificates.get();
    String asked = askedName(engine);
    return mine.stream()
        .filter(c -> asked == null || ProvenNames.hostOf(c.serverName()).equals(asked))
        .findFirst()
        .or(() -> mine.stream().findFirst())
        .filter(c -> c.key().getAlgorithm().equals(keyType))
        .map(SiteCertificate::serverName)
        .orElse(null);
  }

  private static @Nullable String askedName(SSLEngine engine) {
    if (engine.getHandshakeSession() instanceof ExtendedSSLSession session) {
      for (SNIServerName name : session.getRequestedServerNames()) {
        if (name instanceof SNIHostName host) {
          return host.getAsciiName().toLowerCase(Locale.ROOT);
        }
      }
    }
    return null;
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, SSLEngine engine) {
    List<String> wanted = List.of(keyTypes);
    return certificates.get().stream()
        .filter(c -> wanted.contains(c.key().getAlgorithm()))
        .map(SiteCertificate::serverName)
        .findFirst()
        .orElse(null);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return certificates.get().stream()
        .filter(c -> c.serverName().equals(alias))
        .findFirst()
        .map(c -> c.chain().toArray(X509Certificate[]::new))
        .orElse(null);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return certificates.get().stream()
        .filter(c -> c.serverName().equals(alias))
        .findFirst()
        .map(SiteCertificate::key)
        .orElse(null);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    throw new UnsupportedOperationException("peering speaks through engines only");
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    throw new UnsupportedOperationException("peering speaks through engines only");
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }
}
