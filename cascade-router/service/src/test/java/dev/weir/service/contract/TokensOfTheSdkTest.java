package dev.weir.service.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.service.ports.FreePorts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What LiveKit's own SDK says of the tokens that the packaged router gives out. */
@Tag("real")
class TokensOfTheSdkTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  @TempDir Path folder;

  @Test
  void theyAreWhatTheSdkWouldHaveMade() throws Exception {
    String sdk = System.getenv("WEIR_ORACLE_DIR");
    assumeTrue(sdk != null, "WEIR_ORACLE_DIR is not set (see ./weir env)");
    assertThat(Files.isDirectory(Path.of(sdk, "node_modules", "livekit-server-sdk"))).isTrue();
    Keys keys = new Keys();
    int port = FreePorts.next();
    try (FakeHomeserver home = new FakeHomeserver(keys);
        FakeSfu sfu = new FakeSfu();
        RouterProcess router =
            RouterProcess.start(
                folder,
                port,
                Map.of(
                    "LIVEKIT_URL",
                    sfu.url(),
                    "LIVEKIT_KEY",
                    "devkey",
                    "LIVEKIT_SECRET",
                    "secret",
                    "LIVEKIT_JWT_BIND",
                    "127.0.0.1:" + port,
                    "LIVEKIT_FULL_ACCESS_HOMESERVERS",
                    home.name()),
                Deployment.trusting(keys, folder))) {
      router.awaitReady();
      String openId = Bodies.openId(home.openId("vera"), home.name());
      String body = Bodies.getToken("!room:example.com", openId, home.user("vera"), "");
      String jwt;
      try (Line line = new Line(port)) {
        Reply reply =
            line.ask("POST", "/get_token", Map.of(), body.getBytes(StandardCharsets.UTF_8));
        jwt = reply.isOk().json().path("jwt").asText();
      }
      List<JsonNode> answers =
          verify(sdk, List.of(line("secret", jwt), line("another-secret", jwt)));

      JsonNode claims = answers.getFirst();
      assertThat(claims.path("sub").asText())
          .isEqualTo(GetTokenTest.hash("[\"" + home.user("vera") + "\",\"DEVICE\",\"member-1\"]"));
      assertThat(claims.path("iss").asText()).isEqualTo("devkey");
      JsonNode grants = claims.path("video");
      assertThat(grants.path("room").asText())
          .isEqualTo("krj2dgxw2K6EOm9he4GfQJ6JsSVWfJ8a7BkyjZcSmxs");
      assertThat(grants.path("roomJoin").asBoolean()).isTrue();
      assertThat(grants.path("roomCreate").asBoolean()).isFalse();
      assertThat(grants.path("canPublish").asBoolean()).isTrue();
      assertThat(answers.getLast().path("error").asText()).as("a wrong secret").isNotEmpty();
    }
  }

  private static String line(String secret, String jwt) {
    return JSON.createObjectNode().put("id", "devkey").put("secret", secret).put("jwt", jwt) + "\n";
  }

  private static List<JsonNode> verify(String sdk, List<String> lines)
      throws IOException, InterruptedException {
    Process node =
        new ProcessBuilder("node", "src/test/oracle/tokens.mjs", sdk)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var in = node.getOutputStream()) {
      in.write(String.join("", lines).getBytes(StandardCharsets.UTF_8));
    }
    List<JsonNode> answers = new ArrayList<>();
    for (String line :
        new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
      answers.add(JSON.readTree(line));
    }
    assertThat(node.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(answers).hasSameSizeAs(lines);
    return answers;
  }
}
