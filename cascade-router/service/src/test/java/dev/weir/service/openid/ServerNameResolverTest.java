package dev.weir.service.openid;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.service.net.Dns;
import dev.weir.service.net.GuardedHttp.Answer;
import dev.weir.service.net.GuardedHttp.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ServerNameResolverTest {
  private final Map<String, Answer> web = new HashMap<>();
  private final List<URI> fetched = new ArrayList<>();
  private final Map<String, List<Dns.Service>> services = new HashMap<>();
  private final AtomicLong nanos = new AtomicLong();
  private final ServerNameResolver resolver =
      new ServerNameResolver(
          url -> {
            fetched.add(url);
            return Optional.ofNullable(web.get(url.getHost()))
                .orElseThrow(() -> new IOException("unreachable"));
          },
          new Dns() {
            @Override
            public List<InetAddress> addresses(String host) throws UnknownHostException {
              throw new UnknownHostException(host);
            }

            @Override
            public List<Service> services(String name) {
              return ServerNameResolverTest.this.services.getOrDefault(name, List.of());
            }
          },
          nanos::get);

  private List<Endpoint> resolve(String name) {
    return resolver.resolve(ServerName.parse(name).orElseThrow());
  }

  @Test
  void dialsLiteralsAndPortsAsTheyAre() {
    assertThat(resolve("1.2.3.4"))
        .containsExactly(new Endpoint("1.2.3.4", 8448, true, "1.2.3.4", "1.2.3.4"));
    assertThat(resolve("[2606::1]:99"))
        .containsExactly(new Endpoint("[2606::1]", 99, true, "[2606::1]", "[2606::1]:99"));
    assertThat(resolve("a.example:99"))
        .containsExactly(new Endpoint("a.example", 99, true, "a.example", "a.example:99"));
    assertThat(fetched).isEmpty();
  }

  @Test
  void followsTheDelegationOfTheWellKnownDocument() {
    web.put("a.example", new Answer(200, "{\"m.server\":\"m.a.example:443\"}", Optional.empty()));
    assertThat(resolve("a.example"))
        .containsExactly(new Endpoint("m.a.example", 443, true, "m.a.example", "m.a.example:443"));
  }

  @Test
  void usesServiceRecordsOfTheDelegatedNameAndProvesThatName() {
    web.put("a.example", new Answer(200, "{\"m.server\":\"m.a.example\"}", Optional.empty()));
    services.put("_matrix-fed._tcp.m.a.example", List.of(new Dns.Service(1, 1, "h.net", 7)));
    assertThat(resolve("a.example"))
        .containsExactly(new Endpoint("h.net", 7, true, "m.a.example", "m.a.example"));
  }

  @Test
  void fallsBackToTheOlderServiceRecordThenToThePort() {
    services.put("_matrix._tcp.a.example", List.of(new Dns.Service(1, 1, "h.net", 7)));
    assertThat(resolve("a.example"))
        .containsExactly(new Endpoint("h.net", 7, true, "a.example", "a.example"));
    assertThat(resolve("b.example"))
        .containsExactly(new Endpoint("b.example", 8448, true, "b.example", "b.example"));
  }

  @Test
  void keepsADelegationAsLongAsItsSenderSaysButNotForEver() {
    web.put(
        "a.example",
        new Answer(200, "{\"m.server\":\"old.example:1\"}", Optional.of(Duration.ofSeconds(600))));
    assertThat(resolve("a.example").getFirst().dialHost()).isEqualTo("old.example");
    web.put("a.example", new Answer(200, "{\"m.server\":\"new.example:1\"}", Optional.empty()));
    nanos.addAndGet(Duration.ofSeconds(599).toNanos());
    assertThat(resolve("a.example").getFirst().dialHost()).isEqualTo("old.example");
    nanos.addAndGet(Duration.ofSeconds(2).toNanos());
    assertThat(resolve("a.example").getFirst().dialHost()).isEqualTo("new.example");
  }

  @Test
  void ignoresADocumentThatNamesNoServer() {
    web.put("a.example", new Answer(200, "{\"m.server\":\"http://x/\"}", Optional.empty()));
    assertThat(resolve("a.example").getFirst().dialHost()).isEqualTo("a.example");
    web.put("b.example", new Answer(200, "not json", Optional.empty()));
    assertThat(resolve("b.example").getFirst().dialHost()).isEqualTo("b.example");
  }
}
