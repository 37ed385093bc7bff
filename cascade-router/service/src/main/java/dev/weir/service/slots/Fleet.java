package dev.weir.service.slots;

import dev.weir.service.config.Configuration;
import dev.weir.service.config.Sites.PlacedNode;
import dev.weir.service.sfu.SfuClient;
import dev.weir.service.sfu.SigningKey;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.OkHttpClient;

/** The API of every configured node. */
@Singleton
public final class Fleet {
  private final Configuration configuration;
  private final OkHttpClient http = SfuClient.sharedHttp();
  private final Map<String, Reached> clients = new ConcurrentHashMap<>();

  private record Reached(URI url, SigningKey key, SfuClient client) {}

  Fleet(Configuration configuration) {
    this.configuration = configuration;
  }

  public Optional<SfuClient> client(String node) {
    return configuration.current().node(node).map(this::client);
  }

  public SfuClient client(PlacedNode placed) {
    URI url = placed.node().signalling();
    SigningKey key = placed.pool().signingKey();
    return clients
        .compute(
            placed.node().id(),
            (id, old) ->
                old != null && old.url().equals(url) && old.key().equals(key)
                    ? old
                    : new Reached(url, key, new SfuClient(url, key, http)))
        .client();
  }
}
