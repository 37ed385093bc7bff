package dev.weir.service.peering;

import io.micrometer.core.instrument.MeterRegistry;
import org.jboss.logging.Logger;

/**
 * What partners asked for and what they got: one structured line and one counter each, no users.
 */
public final class PeerAudit {
  private static final Logger LOG = Logger.getLogger("dev.weir.audit.peering");

  private final MeterRegistry meters;

  public PeerAudit(MeterRegistry meters) {
    this.meters = meters;
  }

  void granted(String what, PeerKey key) {
    count(what, "granted");
    if (what.equals("hello")) {
      LOG.debugf("event=%s peer=%s site=%s outcome=granted", what, key.peer(), key.site());
    } else {
      LOG.infof("event=%s peer=%s site=%s outcome=granted", what, key.peer(), key.site());
    }
  }

  public void refused(String what, PeerKey key, Enum<?> reason) {
    count(what, "refused");
    LOG.warnf(
        "event=%s peer=%s site=%s outcome=refused reason=%s", what, key.peer(), key.site(), reason);
  }

  void stranger(String what) {
    count(what, "stranger");
    LOG.warnf("event=%s outcome=stranger", what);
  }

  /** Something that a partner said and that does not concern us. */
  void ignored(String what) {
    count(what, "ignored");
  }

  private void count(String what, String outcome) {
    meters.counter("weir.peering.requests", "what", what, "outcome", outcome).increment();
  }
}
