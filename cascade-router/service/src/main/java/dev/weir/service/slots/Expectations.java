package dev.weir.service.slots;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.weir.session.codec.SessionCodec;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Tells our members from everybody else in a room: a participant is native when we gave it its
 * token. The mark in the token says so, which travels as a participant attribute and which only we
 * can make. For clients that wipe it off, and where there is no participant to look at, the
 * replicas remember whom they gave tokens.
 */
@Singleton
public final class Expectations {
  /** The participant attribute with the mark. */
  public static final String MARK = "weir.tag";

  /** The participant attribute of what our relay publishes; the mark is not passed on with it. */
  public static final String RELAYED = "weir.relayed";

  /** A connection may be re-made with refreshed tokens for long after the first one has expired. */
  private static final Duration REMEMBERED = Duration.ofHours(6);

  private final IMap<String, byte[]> map;
  private final GateSecret secret;

  Expectations(HazelcastInstance hazelcast, GateSecret secret) {
    this.map = hazelcast.getMap("weir.expected");
    this.secret = secret;
  }

  /** Remembers a token, and returns the mark that belongs into it. */
  public String expect(RoomKey room, String identity, Expected who) {
    byte[] bytes = SessionCodec.write(who);
    map.set(key(room, identity), bytes, REMEMBERED.toSeconds(), TimeUnit.SECONDS);
    return base64(bytes) + "." + base64(seal(room, identity, bytes));
  }

  /** Who a participant is, when we gave it its token. */
  public Optional<Expected> who(RoomKey room, String identity, Map<String, String> attributes) {
    // An identity that was native here once may be relayed into the same room later.
    if (isRelayed(room, identity, attributes)) {
      return Optional.empty();
    }
    return marked(room, identity, attributes.getOrDefault(MARK, ""))
        .or(() -> remembered(room, identity));
  }

  private Optional<Expected> remembered(RoomKey room, String identity) {
    return Optional.ofNullable(map.get(key(room, identity)))
        .map(bytes -> SessionCodec.read(bytes, Expected.class));
  }

  /** The value of {@link #RELAYED}. Clients set attributes of their own, so it takes a seal. */
  public String relayedSeal(RoomKey room, String identity) {
    return base64(secret.mac(sealedCopy(room, identity)));
  }

  /** Whether the participant is a copy that a relay of ours made. */
  public boolean isRelayed(RoomKey room, String identity, Map<String, String> attributes) {
    String seal = attributes.getOrDefault(RELAYED, "");
    try {
      return !seal.isEmpty()
          && secret.isMac(Base64.getUrlDecoder().decode(seal), sealedCopy(room, identity));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static String sealedCopy(RoomKey room, String identity) {
    return "weir.relayed.v1\n" + key(room, identity);
  }

  private Optional<Expected> marked(RoomKey room, String identity, String mark) {
    int dot = mark.indexOf('.');
    if (dot < 0) {
      return Optional.empty();
    }
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(mark.substring(0, dot));
      byte[] code = Base64.getUrlDecoder().decode(mark.substring(dot + 1));
      return secret.isMac(code, sealed(room, identity, bytes))
          ? Optional.of(SessionCodec.read(bytes, Expected.class))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private byte[] seal(RoomKey room, String identity, byte[] bytes) {
    return secret.mac(sealed(room, identity, bytes));
  }

  private static String sealed(RoomKey room, String identity, byte[] bytes) {
    return "weir.member.v1\n"
        + key(room, identity)
        + "\n"
        + new String(bytes, StandardCharsets.UTF_8);
  }

  private static String key(RoomKey room, String identity) {
    return room + "\n" + identity;
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
