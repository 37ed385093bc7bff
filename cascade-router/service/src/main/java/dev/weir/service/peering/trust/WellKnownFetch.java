package dev.weir.service.peering.trust;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * Fetches a partner's document from its server name over the web PKI; small, quick, no redirects.
 */
public final class WellKnownFetch implements Discovery.Fetch {
  private static final int LARGEST = 64 * 1024;
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int HTTPS = 443;

  private final HttpClient http;
  private final GuardedAddresses addresses;

  public WellKnownFetch(HttpClient http, GuardedAddresses addresses) {
    this.http = http;
    this.addresses = addresses;
  }

  @Override
  public byte[] get(String serverName) throws IOException {
    String host = ProvenNames.hostOf(serverName);
    addresses.resolve(new PeeringEndpoint(host, HTTPS));
    // The document lives on the host of the name, whatever port the homeserver federates on.
    String authority = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("https://" + authority + WellKnownDocument.PATH))
            .timeout(PATIENCE)
            .header("Accept", "application/json")
            .build();
    try {
      HttpResponse<InputStream> response =
          http.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        if (response.statusCode() != 200) {
          throw new IOException("HTTP status " + response.statusCode());
        }
        byte[] bytes = body.readNBytes(LARGEST + 1);
        if (bytes.length > LARGEST) {
          throw new IOException("document is larger than " + LARGEST + " bytes");
        }
        return bytes;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
