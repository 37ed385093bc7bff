package dev.weir.service.peering.trust;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** {@code /.well-known/weir}: where a site's peering endpoint is, and which keys prove the site. */
public record WellKnownDocument(PeeringEndpoint endpoint, List<SpkiPin> keys) {
  public static final String PATH = "/.well-known/weir";
  private static final int VERSION = 1;

  /** More keys than any rotation needs; a document with more is somebody's mistake or attack. */
  private static final int MOST_KEYS = 16;

  private static final ObjectMapper JSON = new ObjectMapper();

  public WellKnownDocument {
    keys = List.copyOf(keys);
  }

  /** A published document that cannot be used; the message says why, for the admin. */
  public static final class BadDocument extends Exception {
    private static final long serialVersionUID = 1;

    BadDocument(String message) {
      super(message);
    }
  }

  public static WellKnownDocument parse(byte[] body) throws BadDocument {
    JsonNode root;
    try {
      root = JSON.readTree(new String(body, java.nio.charset.StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new BadDocument("not JSON");
    }
    if (root.path("version").asInt() != VERSION) {
      throw new BadDocument("version is not " + VERSION);
    }
    String host = root.path("peering").path("host").asText("");
    int port = root.path("peering").path("port").asInt();
    if (host.isEmpty() || port < 1 || port > 65535) {
      throw new BadDocument("peering.host or peering.port is missing");
    }
    List<SpkiPin> keys = new ArrayList<>();
    for (JsonNode key : root.path("keys")) {
      if (keys.size() == MOST_KEYS) {
        throw new BadDocument("more than " + MOST_KEYS + " keys");
      }
      try {
        keys.add(new SpkiPin(key.asText("")));
      } catch (IllegalArgumentException e) {
        throw new BadDocument("a key is not sha256/<base64>");
      }
    }
    if (keys.isEmpty()) {
      throw new BadDocument("no keys");
    }
    return new WellKnownDocument(new PeeringEndpoint(host, port), keys);
  }

  public String json() {
    ObjectNode root = JSON.createObjectNode().put("version", VERSION);
    root.putObject("peering").put("host", endpoint.host()).put("port", endpoint.port());
    var list = root.putArray("keys");
    keys.forEach(key -> list.add(key.text()));
    return root.toString();
  }
}
