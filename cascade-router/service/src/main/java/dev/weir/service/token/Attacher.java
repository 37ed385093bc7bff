package dev.weir.service.token;

import dev.weir.service.config.Configuration;
import dev.weir.service.config.HomeSite;
import dev.weir.service.config.Pool;
import dev.weir.service.sfu.AccessTokens;
import dev.weir.service.sfu.Bearer;
import dev.weir.service.sfu.Grant;
import dev.weir.service.sfu.Jws;
import dev.weir.service.sfu.Passage;
import dev.weir.service.sfu.SigningKey;
import dev.weir.service.slots.Expectations;
import dev.weir.service.slots.Expected;
import dev.weir.service.slots.GateSecret;
import dev.weir.service.slots.PresenceObserver;
import dev.weir.service.slots.RoomKey;
import dev.weir.service.slots.RoomMaker;
import dev.weir.service.slots.Rooms;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.admission.Ticket;
import dev.weir.session.delegation.Evidence;
import io.vertx.core.json.JsonObject;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/** Turns a ticket into a room that exists and a token for it. */
@Singleton
public final class Attacher {
  private final Configuration configuration;
  private final RoomMaker maker;
  private final Expectations expectations;
  private final GateSecret gateSecret;
  private final Instance<PresenceObserver> observers;
  private final AccessTokens tokens;

  Attacher(
      Configuration configuration,
      RoomMaker maker,
      Expectations expectations,
      GateSecret gateSecret,
      Instance<PresenceObserver> observers,
      InstantSource clock) {
    this.configuration = configuration;
    this.maker = maker;
    this.expectations = expectations;
    this.gateSecret = gateSecret;
    this.observers = observers;
    this.tokens = new AccessTokens(clock);
  }

  /** Makes sure that the ticket's room exists, and gives out a token; blocks. */
  public Attached attach(Site site, SlotId slot, Member member, Ticket ticket, Duration validFor)
      throws AttachFailure {
    return attach(site, slot, member, ticket, validFor, false);
  }

  /**
   * As above.
   *
   * @param delegating the request brought a delayed leave: the client may be connected already
   */
  public Attached attach(
      Site site, SlotId slot, Member member, Ticket ticket, Duration validFor, boolean delegating)
      throws AttachFailure {
    HomeSite home =
        configuration
            .current()
            .find(site)
            .orElseThrow(() -> new AttachFailure("the site is no longer configured"));
    if (makesRooms(ticket.role())) {
      try {
        var unused = maker.make(site, slot, ticket.room(), ticket.identity());
      } catch (RoomMaker.NoRoom e) {
        throw new AttachFailure("no room", e);
      }
    }
    RoomKey room = Rooms.key(site, slot, ticket.room());
    String mark = expectations.expect(room, ticket.identity(), new Expected(member, ticket.role()));
    if (ticket.role() == Role.OWN || ticket.role() == Role.GUEST) {
      observers.forEach(
          observer ->
              observer.observe(
                  site, new Evidence.TokenIssued(room.room(), ticket.identity(), delegating)));
    }
    Bearer bearer = new Bearer(ticket.identity(), "", "", Map.of(Expectations.MARK, mark));
    String jwt =
        tokens.mint(
            key(home), bearer, new Grant.Client(room.room(), ticket.mayPublish()), validFor);
    return new Attached(home.signallingUrl(), jwt);
  }

  /** As {@code ours}, for a client that comes to us and is served at its own site. */
  public Attached leadOn(Site site, Attached ours, Site partner, Attached theirs) {
    JsonObject claims = Jws.parse(ours.jwt()).orElseThrow().claims();
    new Passage(partner.name(), theirs.url(), theirs.jwt()).addTo(claims);
    return new Attached(ours.url(), Jws.sign(claims, gateSecret.keyOf(site)));
  }

  private SigningKey key(HomeSite home) throws AttachFailure {
    if (home.gated()) {
      return gateSecret.keyOf(home.site());
    }
    return home.pools().stream()
        .findFirst()
        .map(Pool::signingKey)
        .orElseThrow(() -> new AttachFailure("the site has no pool"));
  }

  /** Strangers and direct guests never bring a room into being: they come to one that is there. */
  private static boolean makesRooms(Role role) {
    return switch (role) {
      case OWN, VIEW, GUEST -> true;
      case DIRECT, RESTRICTED -> false;
    };
  }
}
