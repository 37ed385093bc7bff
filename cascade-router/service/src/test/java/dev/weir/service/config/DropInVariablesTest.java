package dev.weir.service.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.service.sfu.SigningKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each variable of the token service, right and wrong. */
class DropInVariablesTest {
  private static final String NOT_SET = "(not set)";

  @TempDir Path folder;

  private static Map<String, String> with(String... namesAndValues) {
    Map<String, String> env =
        new HashMap<>(
            Map.of(
                "LIVEKIT_URL", "wss://sfu.example",
                "LIVEKIT_KEY", "key",
                "LIVEKIT_SECRET", "secret",
                "LIVEKIT_FULL_ACCESS_HOMESERVERS", "one.example"));
    for (int i = 0; i < namesAndValues.length; i += 2) {
      if (namesAndValues[i + 1].equals(NOT_SET)) {
        env.remove(namesAndValues[i]);
      } else {
        env.put(namesAndValues[i], namesAndValues[i + 1]);
      }
    }
    return env;
  }

  private static HomeSite site(Map<String, String> env) {
    assertThat(Preflight.problems(env)).isEmpty();
    return DropIn.read(env).sites().all().getFirst();
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  @Test
  void takesKeyAndSecretFromWhereverTheyAre() throws IOException {
    SigningKey expected = new SigningKey("key", "secret");
    String key = file("key", " key\n");
    String secret = file("secret", "secret\r\n");
    String both = file("both", "key: secret\n");

    assertThat(site(with()).pools().getFirst().signingKey()).isEqualTo(expected);
    assertThat(
            site(with(
                    "LIVEKIT_KEY",
                    NOT_SET,
                    "LIVEKIT_SECRET",
                    NOT_SET,
                    "LIVEKIT_KEY_FROM_FILE",
                    key,
                    "LIVEKIT_SECRET_FROM_FILE",
                    secret))
                .pools()
                .getFirst()
                .signingKey())
        .isEqualTo(expected);
    assertThat(
            site(with("LIVEKIT_SECRET", NOT_SET, "LIVEKIT_SECRET_FROM_FILE", secret))
                .pools()
                .getFirst()
                .signingKey())
        .isEqualTo(expected);
    assertThat(
            site(with("LIVEKIT_KEY", NOT_SET, "LIVEKIT_SECRET", NOT_SET, "LIVEKIT_KEY_FILE", both))
                .pools()
                .getFirst()
                .signingKey())
        .isEqualTo(expected);
  }

  @Test
  void readsServersAndOverridesWithOrWithoutWhiteSpace() {
    HomeSite site =
        site(
            with(
                "LIVEKIT_FULL_ACCESS_HOMESERVERS",
                "one.example, two.example:8448 three.example",
                "LIVEKIT_CS_API_URL_OVERRIDES",
                " one.example = https://c.one.example ,"
                    + " [::1]:8448=http://h:1/x,two.example:8448=c.two.example"));

    assertThat(site.servers())
        .containsExactlyInAnyOrder("one.example", "two.example:8448", "three.example");
    assertThat(site.site().name()).isEqualTo("one.example");
    assertThat(site.clientApis())
        .containsEntry("one.example", URI.create("https://c.one.example"))
        .containsEntry("[::1]:8448", URI.create("http://h:1/x"))
        .containsEntry("two.example:8448", URI.create("https://c.two.example"));
  }

  @Test
  void isAnApplicationServiceWithTheTokensOfVariablesOrOfARegistration() throws IOException {
    String registration = file("registration.yaml", "id: x\nas_token: a\nhs_token: h\nurl: null\n");
    HomeSite.AppService expected = new HomeSite.AppService("a", "h");

    assertThat(site(with("LIVEKIT_AS_TOKEN", "a", "LIVEKIT_HS_TOKEN", "h")).appService())
        .contains(expected);
    HomeSite named =
        site(
            with(
                "LIVEKIT_AS_REGISTRATION_FILE", registration,
                "LIVEKIT_FULL_ACCESS_HOMESERVERS", "other.example",
                "LIVEKIT_HS_SERVER_NAME", "mine.example"));
    assertThat(named.appService()).contains(expected);
    assertThat(named.site().name()).isEqualTo("mine.example");
    assertThat(named.hosts("mine.example")).isTrue();
  }

  @Test
  void readsWhereRedisIs() {
    assertThat(
            DropIn.read(with("LIVEKIT_REDIS_URL", "rediss://u:p%40@r.example/2"))
                .redis()
                .orElseThrow())
        .satisfies(
            redis -> {
              assertThat(redis.host()).isEqualTo("r.example");
              assertThat(redis.port()).isEqualTo(6379);
              assertThat(redis.tls()).isTrue();
              assertThat(redis.database()).isEqualTo(2);
              assertThat(redis.user()).contains("u");
              assertThat(redis.password()).contains("p@");
              assertThat(redis.toString()).doesNotContain("p@");
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "LIVEKIT_URL|ftp://x|LIVEKIT_URL",
        "LIVEKIT_URL|sfu.example|LIVEKIT_URL",
        "LIVEKIT_URL||LIVEKIT_URL",
        "LIVEKIT_KEY||LiveKit key is missing",
        "LIVEKIT_SECRET||LiveKit key is missing",
        "LIVEKIT_KEY_FROM_FILE|/nowhere|LIVEKIT_KEY and LIVEKIT_KEY_FROM_FILE are both set",
        "LIVEKIT_SECRET_FROM_FILE|/nowhere|/nowhere cannot be read",
        "LIVEKIT_KEY_FILE|/nowhere|LIVEKIT_KEY_FILE and LIVEKIT_KEY are both set",
        "LIVEKIT_FULL_ACCESS_HOMESERVERS||must name the homeservers",
        "LIVEKIT_FULL_ACCESS_HOMESERVERS|*,one.example|has * and names",
        "LIVEKIT_CS_API_URL_OVERRIDES|one.example|LIVEKIT_CS_API_URL_OVERRIDES",
        "LIVEKIT_CS_API_URL_OVERRIDES|=https://x|LIVEKIT_CS_API_URL_OVERRIDES",
        "LIVEKIT_CS_API_URL_OVERRIDES|one.example=|LIVEKIT_CS_API_URL_OVERRIDES",
        "LIVEKIT_CS_API_URL_OVERRIDES|one.example=ftp://x|LIVEKIT_CS_API_URL_OVERRIDES",
        "LIVEKIT_SANITY_CHECK_INTERVAL_SECONDS|-1|LIVEKIT_SANITY_CHECK_INTERVAL_SECONDS",
        "LIVEKIT_SANITY_CHECK_INTERVAL_SECONDS|soon|LIVEKIT_SANITY_CHECK_INTERVAL_SECONDS",
        "LIVEKIT_INSECURE_SKIP_VERIFY_TLS|yes|LIVEKIT_INSECURE_SKIP_VERIFY_TLS",
        "LIVEKIT_LOG_LEVEL|loud|LIVEKIT_LOG_LEVEL",
        "LIVEKIT_JWT_BIND|nonsense|LIVEKIT_JWT_BIND",
        "LIVEKIT_JWT_BIND|:70000|LIVEKIT_JWT_BIND",
        "LIVEKIT_JWT_PORT|http|LIVEKIT_JWT_PORT",
        "LIVEKIT_REDIS_URL|redis.example|LIVEKIT_REDIS_URL",
        "LIVEKIT_AS_TOKEN|a|belong together",
        "LIVEKIT_AS_REGISTRATION_FILE|/nowhere|cannot be read",
        "LIVEKIT_UNHEARD_OF|1|LIVEKIT_UNHEARD_OF",
        "WEIR_CONFIG_DIR|/config|WEIR_CONFIG_DIR and LIVEKIT_URL"
      })
  void saysWhatIsWrong(String name, String value, String message) {
    assertThat(Preflight.problems(with(name, value == null ? "" : value)))
        .isNotEmpty()
        .anyMatch(problem -> problem.contains(message))
        .noneMatch(problem -> problem.contains("secret'"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "LIVEKIT_INSECURE_SKIP_VERIFY_TLS",
        "LIVEKIT_LOG_LEVEL",
        "LIVEKIT_REDIS_URL",
        "LIVEKIT_CS_API_URL_OVERRIDES",
        "LIVEKIT_SANITY_CHECK_INTERVAL_SECONDS",
        "LIVEKIT_JWT_BIND",
        "LIVEKIT_KEY_FILE"
      })
  void takesAnEmptyValueForNone(String name) {
    assertThat(Preflight.problems(with(name, ""))).isEmpty();
    assertThat(DropIn.read(with(name, "")).verifyTls()).isTrue();
  }

  @Test
  void isNotDisturbedByTheVariablesThatKubernetesMakesForAServiceCalledLivekit() {
    assertThat(
            Preflight.problems(
                with(
                    "LIVEKIT_SERVICE_HOST", "10.0.0.1",
                    "LIVEKIT_PORT_7880_TCP", "tcp://10.0.0.1:7880",
                    "LIVEKIT_PORT", "tcp://10.0.0.1:7880")))
        .isEmpty();
  }

  @Test
  void saysWhenOnlyPartOfTheServiceIsConfigured() {
    assertThat(Preflight.problems(Map.of("LIVEKIT_KEY", "k"))).isNotEmpty();
  }
}
