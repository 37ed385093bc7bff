package dev.weir.service.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** 24,000 requests that nobody in their right mind sends. */
@ExtendWith(Deployment.Shared.class)
class HostileInputTest {
  private static final int WORKERS = 8;
  private static final int EACH = 3_000;
  private static final List<String> PATHS =
      List.of(
          "/sfu/get",
          "/get_token",
          "/delegate_delayed_leave",
          "/sfu_webhook",
          "/healthz",
          "/_matrix/client/v1/rtc/livekit/get_token",
          "/_matrix/client/v1/rtc/livekit/delegate_delayed_leave",
          "/_matrix/federation/v1/rtc/livekit/get_token",
          "/_matrix/app/v1/transactions/t",
          "/_matrix/app/v1/ping",
          "/second/site/get_token",
          "/rtc/validate?access_token=x",
          "/%00%ff/../get_token",
          "/get_token?x=%zz");
  private static final List<String> METHODS =
      List.of("POST", "POST", "POST", "POST", "GET", "PUT", "OPTIONS", "DELETE", "BREW");
  private static final List<String> HEADERS =
      List.of(
          "Content-Type",
          "Authorization",
          "Origin",
          "X-Forwarded-For",
          "Forwarded",
          "X-Matrix-Origin",
          "X-Matrix-User-Identifier",
          "Accept-Encoding",
          "Content-Encoding",
          "Expect",
          "Cookie",
          "Range");

  private final Deployment deployment;

  HostileInputTest(Deployment deployment) {
    this.deployment = deployment;
  }

  @Test
  @Timeout(600)
  void neverEndsInAServerErrorNorLeavesAnythingBehind() throws Exception {
    long seed = Long.getLong("weir.property.seed", System.nanoTime());
    run(seed, 200);
    Usage before = Usage.of(deployment.router.pid());

    assertThat(run(seed, EACH)).as("answers, seed %d", seed).isGreaterThan(20_000);

    deployment.post("/sfu/get", "{}").isError(400, "M_BAD_JSON");
    Usage after = Usage.of(deployment.router.pid());
    assertThat(after.threads()).as("threads").isLessThan(before.threads() + 40);
    assertThat(after.residentKib())
        .as("resident KiB, %d before", before.residentKib())
        .isLessThan(before.residentKib() + 160 * 1024);
    assertThat(deployment.router.log()).doesNotContain("event=request-failed");
  }

  private int run(long seed, int each) throws Exception {
    List<Callable<Integer>> workers = new ArrayList<>();
    for (int worker = 0; worker < WORKERS; worker++) {
      int number = worker;
      workers.add(() -> work(new Random(seed + number), "127.0.1." + (number + 1), each));
    }
    int answers = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(WORKERS)) {
      for (Future<Integer> done : threads.invokeAll(workers)) {
        answers += done.get();
      }
    }
    return answers;
  }

  private int work(Random random, String from, int count) throws IOException {
    int answers = 0;
    Line line = new Line(deployment.router.port(), from);
    try {
      for (int i = 0; i < count; i++) {
        String method = METHODS.get(random.nextInt(METHODS.size()));
        String path = PATHS.get(random.nextInt(PATHS.size()));
        Map<String, String> headers = headers(random);
        byte[] body = body(random);
        try {
          Reply reply = line.ask(method, path, headers, body);
          answers++;
          String what = method + " " + path + " " + new String(body, StandardCharsets.UTF_8);
          assertThat(reply.status()).as(what).isLessThan(500);
          assertThat(reply.body())
              .as(what)
              .doesNotContain("Exception")
              .doesNotContain("\tat ")
              .doesNotContain("dev.weir")
              .doesNotContain("io.vertx");
          if (reply.header("connection").filter("close"::equalsIgnoreCase).isPresent()) {
            throw new IOException("the router hangs up after this answer");
          }
        } catch (IOException e) {
          // A request that is no HTTP ends its connection.
          line.close();
          line = new Line(deployment.router.port(), from);
        }
      }
    } finally {
      line.close();
    }
    return answers;
  }

  private static Map<String, String> headers(Random random) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      headers.put(HEADERS.get(random.nextInt(HEADERS.size())), headerValue(random));
    }
    if (random.nextInt(4) == 0) {
      headers.put("Authorization", "Bearer " + Deployment.HS_TOKEN);
    }
    return headers;
  }

  private static String headerValue(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> "";
      case 1 -> "Bearer " + "x".repeat(random.nextInt(3_000));
      case 2 -> "application/json; charset=\"" + (char) (0x80 + random.nextInt(0x7f));
      case 3 -> "@" + "a".repeat(random.nextInt(300)) + ":" + "b".repeat(random.nextInt(300));
      case 4 -> "eyJhbGciOiJub25lIn0." + "A".repeat(random.nextInt(200)) + ".";
      default -> String.valueOf(random.nextLong());
    };
  }

  private static byte[] body(Random random) {
    if (random.nextInt(8) == 0) {
      byte[] noise = new byte[random.nextInt(400)];
      random.nextBytes(noise);
      return noise;
    }
    String text = value(random, 0);
    return (random.nextInt(8) == 0 ? text.substring(0, random.nextInt(text.length() + 1)) : text)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static final List<String> NAMES =
      List.of(
          "room",
          "room_id",
          "slot_id",
          "openid_token",
          "device_id",
          "member",
          "member_id",
          "id",
          "claimed_user_id",
          "claimed_device_id",
          "access_token",
          "matrix_server_name",
          "url",
          "expires_in",
          "token_type",
          "delay_id",
          "delay_timeout",
          "delay_cs_api_url",
          "events",
          "server_name",
          "user_id",
          "type",
          "content",
          "state_key",
          "membership",
          "event");
  private static final List<String> TEXTS =
      List.of(
          "!r:x",
          "m.call#ROOM",
          "@u:127.0.0.1:1",
          "127.0.0.1:1",
          "[::1]:1",
          "localhost:1",
          "",
          "DEVICE",
          "m.room.member",
          "leave",
          "org.matrix.msc3401.call.member",
          "\\u0000",
          "\\ud800",
          "\\udc00\\ud800",
          "ws://127.0.0.1",
          "../../..",
          "%0d%0a",
          "${jndi:x}");

  private static String value(Random random, int depth) {
    int kind = random.nextInt(depth == 0 ? 3 : depth > 4 ? 7 : 10);
    if (depth == 0 || kind > 7) {
      StringBuilder object = new StringBuilder("{");
      for (int i = random.nextInt(9); i > 0; i--) {
        object
            .append(object.length() > 1 ? "," : "")
            .append('"')
            .append(NAMES.get(random.nextInt(NAMES.size())))
            .append("\":")
            .append(value(random, depth + 1));
      }
      return object.append('}').toString();
    }
    return switch (kind) {
      case 0 -> "null";
      case 1 -> String.valueOf(random.nextBoolean());
      case 2 -> String.valueOf(random.nextLong());
      case 3 -> random.nextInt() + "e" + random.nextInt(400);
      case 4 -> "\"" + "y".repeat(random.nextInt(2_000)) + "\"";
      case 7 -> "[" + value(random, depth + 1) + "," + value(random, depth + 1) + "]";
      default -> "\"" + TEXTS.get(random.nextInt(TEXTS.size())) + "\"";
    };
  }

  /** What a process uses, as the kernel says. */
  private record Usage(long threads, long residentKib) {
    static Usage of(long pid) throws IOException {
      long threads = 0;
      long resident = 0;
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
        if (line.startsWith("Threads:")) {
          threads = Long.parseLong(line.replaceAll("\\D", ""));
        } else if (line.startsWith("VmRSS:")) {
          resident = Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
      return new Usage(threads, resident);
    }
  }
}
