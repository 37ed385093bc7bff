package dev.weir.relay.sdp;

import dev.weir.relay.dtls.Fingerprint;
import dev.weir.relay.ice.IceCredentials;
import java.util.List;

/** Writes an offer: all sections bundled over one transport. */
public final class SdpOffer {
  private SdpOffer() {}

  public static String write(
      long session,
      int version,
      IceCredentials ice,
      Fingerprint fingerprint,
      List<MediaSection> sections) {
    StringBuilder sdp = new StringBuilder(2048);
    sdp.append("v=0\r\no=- ").append(session).append(' ').append(version);
    sdp.append(" IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE");
    for (int mid = 0; mid < sections.size(); mid++) {
      sdp.append(' ').append(mid);
    }
    sdp.append("\r\na=msid-semantic: WMS *\r\n");
    String transport =
        "a=ice-ufrag:"
            + ice.fragment()
            + "\r\na=ice-pwd:"
            + ice.password()
            + "\r\na=ice-options:trickle\r\na=fingerprint:sha-256 "
            + fingerprint.hex()
            + "\r\na=setup:actpass\r\n";
    for (int mid = 0; mid < sections.size(); mid++) {
      sections.get(mid).write(sdp, transport, mid);
    }
    return sdp.toString();
  }
}
