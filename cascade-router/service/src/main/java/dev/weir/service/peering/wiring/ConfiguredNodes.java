package dev.weir.service.peering.wiring;

import dev.weir.relay.RelayedParticipant;
import dev.weir.service.config.Configuration;
import dev.weir.service.config.HomeSite;
import dev.weir.service.config.Sites.PlacedNode;
import dev.weir.service.legs.RelayNodes;
import dev.weir.service.peering.PullRooms;
import dev.weir.service.sfu.AccessTokens;
import dev.weir.service.sfu.Bearer;
import dev.weir.service.sfu.Grant;
import dev.weir.service.sfu.SfuClient;
import dev.weir.service.sfu.SfuFailure;
import dev.weir.service.sfu.SigningKey;
import dev.weir.service.slots.Expectations;
import dev.weir.service.slots.Fleet;
import dev.weir.service.slots.GateSecret;
import dev.weir.service.slots.RoomKey;
import dev.weir.session.Site;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tokens for our rooms: with the node's key for our own relay, which dials nodes directly, and with
 * the gate's key for partners, which come through the gate.
 */
@Singleton
final class ConfiguredNodes implements RelayNodes, PullRooms {
  private static final String OUR_ATTRIBUTES = "weir.";
  private static final Duration PUBLISH_TTL = Duration.ofMinutes(10);

  private final Configuration configuration;
  private final GateSecret gate;
  private final Expectations expectations;
  private final Fleet fleet;
  private final AccessTokens tokens;

  ConfiguredNodes(
      Configuration configuration,
      GateSecret gate,
      Expectations expectations,
      Fleet fleet,
      InstantSource clock) {
    this.configuration = configuration;
    this.gate = gate;
    this.expectations = expectations;
    this.fleet = fleet;
    this.tokens = new AccessTokens(clock);
  }

  private Optional<PlacedNode> node(Site site, String node) {
    return configuration.current().node(node).filter(n -> n.home().site().equals(site));
  }

  private HomeSite home(Site site) {
    return configuration
        .current()
        .find(site)
        .orElseThrow(() -> new IllegalStateException("no longer configured: " + site));
  }

  private SigningKey nodeKey(Site site, String node) {
    return node(site, node)
        .map(n -> n.pool().signingKey())
        .orElseThrow(() -> new IllegalStateException("no longer configured: node " + node));
  }

  @Override
  public Optional<URI> signalling(Site site, String node) {
    return node(site, node).map(n -> n.node().signalling());
  }

  @Override
  public String publishToken(
      Site site, String node, String liveKitRoom, RelayedParticipant participant) {
    Map<String, String> attributes = new HashMap<>(participant.attributes());
    // The mark of a native must not travel with its copy.
    attributes.keySet().removeIf(name -> name.startsWith(OUR_ATTRIBUTES));
    attributes.put(
        Expectations.RELAYED,
        expectations.relayedSeal(new RoomKey(site, liveKitRoom), participant.identity()));
    return tokens.mint(
        nodeKey(site, node),
        new Bearer(participant.identity(), participant.name(), participant.metadata(), attributes),
        new Grant.Relayed(liveKitRoom),
        PUBLISH_TTL);
  }

  @Override
  public String pullToken(
      Site site, String node, String liveKitRoom, String identity, String metadata, Duration ttl) {
    return tokens.mint(
        nodeKey(site, node),
        new Bearer(identity, "", metadata, Map.of()),
        new Grant.Pull(liveKitRoom),
        ttl);
  }

  @Override
  public URI signalling(Site site) {
    return URI.create(home(site).signallingUrl());
  }

  @Override
  public String mint(
      Site site, String node, String liveKitRoom, String identity, String metadata, Duration ttl) {
    SigningKey key = home(site).gated() ? gate.keyOf(site) : nodeKey(site, node);
    return tokens.mint(
        key, new Bearer(identity, "", metadata, Map.of()), new Grant.Pull(liveKitRoom), ttl);
  }

  @Override
  public List<Copy> copies(Site site, String node, String liveKitRoom) throws IOException {
    Optional<SfuClient> client = fleet.client(node);
    if (client.isEmpty()) {
      return List.of();
    }
    RoomKey room = new RoomKey(site, liveKitRoom);
    try {
      return client.get().listParticipants(liveKitRoom).orElse(List.of()).stream()
          .filter(
              person ->
                  expectations.isRelayed(room, person.getIdentity(), person.getAttributesMap()))
          .map(person -> new Copy(person.getIdentity(), person.getSid()))
          .toList();
    } catch (SfuFailure e) {
      throw new IOException(e);
    }
  }

  @Override
  public void remove(Site site, String node, String liveKitRoom, String identity)
      throws IOException {
    Optional<SfuClient> client = fleet.client(node);
    if (client.isPresent()) {
      try {
        var unused = client.get().removeParticipant(liveKitRoom, identity);
      } catch (SfuFailure e) {
        throw new IOException(e);
      }
    }
  }
}
