package dev.weir.relay.dtls;

import dev.weir.relay.srtp.SrtpProfile;

/** What a handshake yields: the agreed profile and its keying material. Never printed. */
public record DtlsKeys(SrtpProfile profile, byte[] exported, boolean client) {
  @Override
  public String toString() {
    return "DtlsKeys[" + profile + "]";
  }
}
