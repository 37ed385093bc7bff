package dev.weir.service.appservice;

import dev.weir.service.config.HomeSite;
import dev.weir.session.Member;
import dev.weir.session.SlotId;
import dev.weir.session.admission.Endpoint;
import java.time.Duration;
import java.util.Optional;

/**
 * A request that a homeserver has authenticated and passed on.
 *
 * @param site the site of that homeserver
 * @param url the signalling URL that the caller's membership event names; earlier texts have none
 * @param device empty in the newest text, whose identities have none
 */
public record ProxiedRequest(
    HomeSite site,
    Optional<String> url,
    SlotId slot,
    String device,
    String memberId,
    Optional<Leave> leave) {

  /** A leave that is handed over; earlier texts bring its delay. */
  public record Leave(String delayId, Optional<Duration> delay) {}

  Member member(String user) {
    return new Member(user, device, memberId);
  }

  Endpoint endpoint() {
    return device.isEmpty() ? Endpoint.GET_TOKEN_BY_MEMBER : Endpoint.GET_TOKEN;
  }

  /** Whether the URL, if there is one, leads to this site. */
  boolean isForUs() {
    return url.isEmpty()
        || plain(url.get()).equals(plain(site.signallingUrl()))
        || site.publicUrl()
            .filter(known -> plain(known.toString()).equals(plain(url.get())))
            .isPresent();
  }

  private static String plain(String url) {
    return url.replaceFirst("^http", "ws").replaceFirst("/+$", "");
  }
}
