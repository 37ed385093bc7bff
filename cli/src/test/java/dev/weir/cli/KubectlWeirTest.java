package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.KubectlWeir.Json;
import dev.weir.cli.KubectlWeir.Result;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KubectlWeirTest {
  private static final String RESOURCES =
      """
      {"kind":"List","items":[
       {"kind":"Homeserver","metadata":{"name":"a"},"spec":{"serverName":"a.example"},
        "status":{"pools":1,"sessions":2,"members":5,"peers":1,"conditions":[{"type":"Ready","status":"True","reason":"Ready","message":"ok"}]}},
       {"kind":"SfuPool","metadata":{"name":"main"},"spec":{"homeserverRef":{"name":"a"}},
        "status":{"replicas":2,"readyReplicas":1,"rooms":3,"participants":9,"draining":1,
          "nodes":[{"name":"main-0","state":"Serving","rooms":2,"participants":7,"stress":0.3,"version":"1.13.5","address":"192.0.2.1"},
                   {"name":"main-1","state":"Draining","rooms":1,"participants":2,"stress":0.1}],
          "conditions":[{"type":"Ready","status":"False","reason":"RouterUnreachable","message":"no router replica answers"},
                        {"type":"Programmed","status":"Unknown","reason":"RouterUnreachable","message":"no router replica answers"},
                        {"type":"Degraded","status":"False","reason":"NotDegraded","message":"fine"}]}}]}
      """;

  private final List<List<String>> calls = new ArrayList<>();
  private final List<String> inputs = new ArrayList<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Result answer = new Result(0, "", "");

  private int weir(String... arguments) {
    KubectlWeir.Kubectl kubectl =
        (words, input) -> {
          calls.add(words);
          inputs.add(input);
          return answer;
        };
    return new KubectlWeir(
            kubectl,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8))
        .run(arguments);
  }

  private String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void statusShowsSitesPoolsAndNodesAndWhatIsWrong() {
    answer = new Result(0, RESOURCES, "");
    assertThat(weir("status", "-n", "rtc")).as("a pool is not ready").isEqualTo(1);
    assertThat(calls)
        .containsExactly(
            List.of("get", "homeservers,sfupools,sfupeers", "-o", "json", "--namespace=rtc"));
    assertThat(printed())
        .contains("  a      a.example   True    1       2          5         1")
        .contains("1/2")
        .contains(
            "  main-0   main   Serving    2       7              0.3      1.13.5    192.0.2.1")
        .contains("PEERS: none")
        .contains("SfuPool/main Programmed=Unknown (RouterUnreachable): no router replica answers")
        .doesNotContain("Degraded");
  }

  @Test
  void statusIsFineWhenAllIsReady() {
    answer =
        new Result(
            0,
            RESOURCES.replace(
                "\"False\",\"reason\":\"RouterUnreachable\"", "\"True\",\"reason\":\"Ready\""),
            "");
    assertThat(weir("status", "-A")).isZero();
    assertThat(calls.get(0)).contains("-A");
  }

  @Test
  void printsJsonAndYaml() {
    answer = new Result(0, RESOURCES, "");
    weir("status", "-o", "json");
    assertThat(Json.parse(printed())).isEqualTo(Json.parse(RESOURCES));
    out.reset();
    weir("status", "--output=yaml");
    assertThat(printed())
        .contains(
            "kind: \"List\"\nitems:\n  - kind: \"Homeserver\"\n    metadata:\n      name: \"a\"\n");
  }

  @Test
  void sessionsComeFromTheRouterThroughTheApiServer() {
    answer =
        new Result(
            0,
            "{\"sites\":[{\"serverName\":\"a.example\",\"slots\":[{\"roomId\":\"!r:a\",\"slotId\":\"m.call#ROOM\",\"members\":[1,2],\"legs\":[]}]}]}",
            "");
    assertThat(weir("sessions", "--server", "a.example")).isZero();
    assertThat(calls.get(0))
        .containsExactly(
            "get",
            "--raw",
            "/api/v1/namespaces/weir/services/weir-router:management/proxy/weir/v1/sessions?server_name=a.example");
    assertThat(printed()).contains("a.example   !r:a   m.call#ROOM   2         0");
  }

  @Test
  void explainPrintsTheRoutersWordsAndHowItsLegsAre() {
    answer =
        new Result(
            0,
            """
            {"slots":[{"site":"a","explanation":"slot m.call#ROOM of !r:a\nseen by a\n",
             "legs":[{"from":"HOME b at b/p1","state":"up"}]}]}
            """,
            "");
    assertThat(weir("explain", "!r:a")).isZero();
    assertThat(printed())
        .isEqualTo("slot m.call#ROOM of !r:a\nseen by a\n  leg from HOME b at b/p1: up\n");
  }

  @Test
  void saysWhenNoRouterAnswers() {
    answer = new Result(1, "", "Error from server (ServiceUnavailable): no endpoints\n");
    assertThat(weir("explain", "!r:a")).isEqualTo(4);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("no router answers at weir/weir-router", "no endpoints");
  }

  @Test
  void drainMarksThePodAndUndoTakesItBack() {
    answer = new Result(0, "main", "");
    assertThat(weir("drain", "main-1")).isZero();
    assertThat(weir("drain", "main-1", "--undo")).isZero();
    assertThat(calls.get(1))
        .containsExactly("annotate", "pod", "main-1", "weir.dev/drain=true", "--overwrite");
    assertThat(calls.get(3)).contains("weir.dev/drain-");
  }

  @Test
  void drainTouchesNoPodThatIsNoNode() {
    assertThat(weir("drain", "postgres-0")).isEqualTo(2);
    assertThat(calls).hasSize(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("postgres-0 is no node of a SfuPool");
  }

  @Test
  void saysWhereElseToLookWhenNothingIsHere() {
    answer = new Result(0, "{\"kind\":\"List\",\"items\":[]}", "");
    assertThat(weir("status")).isZero();
    assertThat(printed()).contains("-A looks elsewhere");
  }

  @Test
  void theRouterIsSoughtInTheNamespaceThatIsAskedFor() {
    answer = new Result(0, "{\"sites\":[]}", "");
    weir("sessions", "-n", "rtc");
    assertThat(calls.get(0))
        .anyMatch(word -> word.contains("/namespaces/rtc/services/weir-router:"));
  }

  @Test
  void peerAddWritesOneResource() {
    assertThat(weir("peer", "add", "B.example:8448", "--site", "a")).isZero();
    assertThat(inputs.get(0))
        .isEqualTo(
            "{\"apiVersion\":\"weir.dev/v1alpha1\",\"kind\":\"SfuPeer\",\"metadata\":{\"name\":\"b-example-8448\"},\"spec\":{\"homeserverRef\":{\"name\":\"a\"},\"serverName\":\"B.example:8448\"}}");
  }

  @Test
  void refusesWrongUsageWithTwo() {
    assertThat(weir()).isEqualTo(2);
    assertThat(weir("dance")).isEqualTo(2);
    assertThat(weir("status", "-o", "xml")).isEqualTo(2);
    assertThat(weir("status", "--nonsense")).isEqualTo(2);
    assertThat(weir("drain")).isEqualTo(2);
    assertThat(weir("peer", "add", "b.example")).isEqualTo(2);
    assertThat(calls).isEmpty();
  }

  @Test
  void kubectlsOwnTroubleIsThree() {
    answer = new Result(1, "", "forbidden");
    assertThat(weir("status")).isEqualTo(3);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("forbidden");
  }

  @Test
  void helpIsPrintedAndFine() {
    assertThat(weir("--help")).isZero();
    assertThat(printed()).contains("Usage: kubectl weir", "Exit codes");
  }

  @Test
  void readsAllOfJson() {
    assertThat(
            Json.write(
                Json.parse(
                    " {\"a\" : [1, -2.5e3, true, \"x\\n\\u00e9\\\"\\\\\"], \"b\":{}, \"c\":[]} ")))
        .isEqualTo("{\"a\":[1,-2.5E+3,true,\"x\\u000a\u00e9\\\"\\\\\"],\"b\":{},\"c\":[]}");
  }
}
