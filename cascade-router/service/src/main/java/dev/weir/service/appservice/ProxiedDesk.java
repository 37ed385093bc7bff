package dev.weir.service.appservice;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.service.appservice.OwnHomeserver.Api;
import dev.weir.service.appservice.OwnHomeserver.NoClientApi;
import dev.weir.service.appservice.ProxiedAnswer.Refusal;
import dev.weir.service.appservice.ProxiedAnswer.Refused;
import dev.weir.service.appservice.ProxiedAnswer.Served;
import dev.weir.service.config.HomeSite;
import dev.weir.service.slots.PassedOn;
import dev.weir.service.token.DelayedLeave;
import dev.weir.service.token.TokenDesk;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Answers requests that came through a homeserver. Who asks is proven already; that it is in the
 * room is asked of our own homeserver, and of nobody else: our token there never goes elsewhere.
 */
@Singleton
public final class ProxiedDesk {
  private static final Logger LOG = Logger.getLogger(ProxiedDesk.class);
  private static final String FEDERATED =
      "/_matrix/federation/unstable/io.element.msc4195/rtc/livekit/get_token";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final OwnHomeserver homeserver;
  private final TokenDesk desk;
  private final PassedOn passedOn;

  ProxiedDesk(OwnHomeserver homeserver, TokenDesk desk, PassedOn passedOn) {
    this.homeserver = homeserver;
    this.desk = desk;
    this.passedOn = passedOn;
  }

  /** A step that may end in a refusal. */
  private static final class Stop extends Exception {
    private static final long serialVersionUID = 1;
    private final Refusal why;

    Stop(Refusal why) {
      super(null, null, false, false);
      this.why = why;
    }
  }

  /**
   * A user of our own homeserver asks for a token of this site, or of another server's.
   *
   * @param server whose SFU it is; empty for our own
   */
  public ProxiedAnswer token(ProxiedRequest asked, String user, Optional<String> server) {
    HomeSite site = asked.site();
    boolean here = server.isEmpty() || site.hosts(server.get());
    try {
      if (here) {
        require(asked.isForUs(), Refusal.NOT_OUR_URL);
      }
      require(server(user).isPresent(), Refusal.BAD_USER_ID);
      Api api = api(site);
      requireJoined(() -> api.isUserJoined(asked.slot().roomId(), user));
      if (here) {
        return new Served(
            desk.serveProven(site, asked.endpoint(), asked.slot(), asked.member(user)));
      }
      requireJoined(() -> api.isServerJoined(asked.slot().roomId(), server.get()));
      passedOn.note(site.site(), site.homeOf(server.get()), asked.slot(), asked.member(user));
      return relay(api, asked, user, server.get());
    } catch (Stop stop) {
      return new Refused(stop.why);
    }
  }

  /** Another server asks for one of its users. */
  public ProxiedAnswer federatedToken(ProxiedRequest asked, String user, String origin) {
    HomeSite site = asked.site();
    try {
      String server = server(user).orElseThrow(() -> new Stop(Refusal.BAD_USER_ID));
      require(server.equals(origin), Refusal.NOT_ITS_USER);
      Api api = api(site);
      String room = asked.slot().roomId();
      requireJoined(() -> api.isServerJoined(room, site.site().name()));
      requireJoined(() -> api.isUserJoined(room, user));
      require(asked.isForUs(), Refusal.NOT_OUR_URL);
      return new Served(desk.serveProven(site, asked.endpoint(), asked.slot(), asked.member(user)));
    } catch (Stop stop) {
      return new Refused(stop.why);
    }
  }

  /** A user of our own homeserver hands over its leave. */
  public ProxiedAnswer keepLeave(ProxiedRequest asked, String user, ProxiedRequest.Leave leave) {
    HomeSite site = asked.site();
    try {
      require(asked.isForUs(), Refusal.NOT_OUR_URL);
      require(server(user).isPresent(), Refusal.BAD_USER_ID);
      Api api = api(site);
      Duration delay =
          leave.delay().isPresent() ? leave.delay().get() : delay(api, asked, user, leave);
      return new Served(
          desk.keepProvenLeave(
              site, asked.slot(), asked.member(user), new DelayedLeave(leave.delayId(), delay)));
    } catch (Stop stop) {
      return new Refused(stop.why);
    }
  }

  private static Duration delay(
      Api api, ProxiedRequest asked, String user, ProxiedRequest.Leave leave) throws Stop {
    try {
      return api.delayOf(leave.delayId(), asked.slot().roomId(), user)
          .orElseThrow(() -> new Stop(Refusal.UNKNOWN_DELAY_ID));
    } catch (IOException e) {
      LOG.warnf("event=delay-unknown problem=\"%s\"", e.getMessage());
      throw new Stop(Refusal.DELAY_UNKNOWN);
    }
  }

  /**
   * The destination's own service answers as it does today: its user-facing URL is in the caller's
   * membership event already, and only it can mint a token for that.
   */
  private static ProxiedAnswer relay(Api api, ProxiedRequest asked, String user, String server)
      throws Stop {
    ObjectNode body =
        JSON.createObjectNode()
            .put("user_id", user)
            .put("room_id", asked.slot().roomId())
            .put("slot_id", asked.slot().slotId());
    asked.url().ifPresent(url -> body.put("url", url));
    if (asked.device().isEmpty()) {
      body.put("member_id", asked.memberId());
    } else {
      body.putObject("member").put("id", asked.memberId()).put("claimed_device_id", asked.device());
    }
    OwnHomeserver.Relayed answer;
    try {
      answer = api.relay(server, FEDERATED, body);
    } catch (IOException e) {
      LOG.warnf("event=federated-token-failed problem=\"%s\"", e.getMessage());
      throw new Stop(Refusal.DESTINATION_AWAY);
    }
    String jwt = answer.content().path("jwt").asText("");
    if (answer.status() == 200 && !jwt.isEmpty()) {
      return new ProxiedAnswer.Relayed(jwt, answer.content().path("url").asText(""));
    }
    String errcode = answer.content().path("errcode").asText("");
    if (answer.status() == 403 && errcode.equals("M_FORBIDDEN")) {
      throw new Stop(Refusal.NOT_JOINED);
    }
    if (answer.status() == 400 && errcode.equals("M_INVALID_PARAM")) {
      throw new Stop(Refusal.NOT_OUR_URL);
    }
    throw new Stop(Refusal.DESTINATION_AWAY);
  }

  private Api api(HomeSite site) throws Stop {
    try {
      return homeserver.of(site);
    } catch (NoClientApi e) {
      throw new Stop(Refusal.NO_CLIENT_API);
    }
  }

  /** A question to our homeserver. */
  private interface Question {
    boolean ask() throws IOException;
  }

  private static void requireJoined(Question question) throws Stop {
    try {
      require(question.ask(), Refusal.NOT_JOINED);
    } catch (IOException e) {
      LOG.warnf("event=membership-unknown problem=\"%s\"", e.getMessage());
      throw new Stop(Refusal.MEMBERSHIP_UNKNOWN);
    }
  }

  private static void require(boolean holds, Refusal otherwise) throws Stop {
    if (!holds) {
      throw new Stop(otherwise);
    }
  }

  private static Optional<String> server(String user) {
    int colon = user.indexOf(':');
    boolean whole = user.startsWith("@") && colon > 1 && colon < user.length() - 1;
    return whole && user.length() <= 255
        ? Optional.of(user.substring(colon + 1))
        : Optional.empty();
  }
}
