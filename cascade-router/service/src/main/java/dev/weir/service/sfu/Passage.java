package dev.weir.service.sfu;

import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * The way on to a partner, inside a token of ours: the bearer connects to our gate, because its
 * membership event names our URL, and is served at its own site. Signed with the rest of the token,
 * so that any gate can read it and none has to remember it.
 *
 * @param partner server name of the site
 * @param url its signalling URL
 * @param jwt its own token for this very client
 */
public record Passage(String partner, String url, String jwt) {
  private static final String CLAIM = "weir_passage";

  /** Empty in a token that leads to us. */
  public static Optional<Passage> in(JsonObject claims) {
    return claims.getValue(CLAIM) instanceof JsonObject there
            && there.getValue("partner") instanceof String partner
            && there.getValue("url") instanceof String url
            && there.getValue("jwt") instanceof String jwt
        ? Optional.of(new Passage(partner, url, jwt))
        : Optional.empty();
  }

  public static void removeFrom(JsonObject claims) {
    claims.remove(CLAIM);
  }

  public void addTo(JsonObject claims) {
    claims.put(CLAIM, new JsonObject().put("partner", partner).put("url", url).put("jwt", jwt));
  }

  public Passage with(String newer) {
    return new Passage(partner, url, newer);
  }

  @Override
  public String toString() {
    return "Passage[" + partner + "]";
  }
}
