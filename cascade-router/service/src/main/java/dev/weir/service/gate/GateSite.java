package dev.weir.service.gate;

import dev.weir.service.sfu.SigningKey;
import java.util.List;

/**
 * A site as the gate sees it.
 *
 * @param name the server name
 * @param pathPrefix what stands before {@code /rtc} in the site's public URL; empty or {@code /x}
 * @param keys gate keys that clients' tokens may be signed with; the first one signs new tokens
 */
public record GateSite(String name, String pathPrefix, List<SigningKey> keys) {

  public GateSite {
    keys = List.copyOf(keys);
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("a site needs a gate key");
    }
  }

  SigningKey signingKey() {
    return keys.getFirst();
  }
}
