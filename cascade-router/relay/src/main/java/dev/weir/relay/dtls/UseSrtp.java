package dev.weir.relay.dtls;

import dev.weir.relay.srtp.SrtpProfile;
import java.io.IOException;
import java.util.Arrays;
import java.util.Hashtable;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.ExporterLabel;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsSRTPUtils;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.UseSRTPData;

/** What both roles of the handshake share. */
final class UseSrtp {
  static final int[] CIPHER_SUITES = {
    CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
  };

  private UseSrtp() {}

  static int[] offered() {
    return Arrays.stream(SrtpProfile.values()).mapToInt(SrtpProfile::id).toArray();
  }

  static void add(Hashtable<?, ?> extensions, int[] profiles) throws IOException {
    TlsSRTPUtils.addUseSRTPExtension(extensions, new UseSRTPData(profiles, TlsUtils.EMPTY_BYTES));
  }

  /** The first profile that both know, in this side's order. */
  static SrtpProfile choose(Hashtable<?, ?> extensions) throws IOException {
    UseSRTPData data = TlsSRTPUtils.getUseSRTPExtension(extensions);
    if (data != null) {
      for (SrtpProfile profile : SrtpProfile.values()) {
        for (int id : data.getProtectionProfiles()) {
          if (id == profile.id()) {
            return profile;
          }
        }
      }
    }
    throw new TlsFatalAlert(AlertDescription.handshake_failure, "no common SRTP profile");
  }

  static void check(Certificate certificate, Fingerprint expected) throws IOException {
    if (certificate.isEmpty()
        || !Fingerprint.of(certificate.getCertificateAt(0).getEncoded()).equals(expected)) {
      throw new TlsFatalAlert(
          AlertDescription.bad_certificate, "the certificate is not the signalled one");
    }
  }

  static DtlsKeys export(TlsContext context, SrtpProfile profile, boolean client) {
    byte[] exported =
        context.exportKeyingMaterial(ExporterLabel.dtls_srtp, null, profile.exportLength());
    return new DtlsKeys(profile, exported, client);
  }
}
