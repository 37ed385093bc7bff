package dev.weir.e2e.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.e2e.process.ProgramFailed;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * kubectl, helm and other tools of an admin, as they are on PATH; KUBECONFIG says which cluster.
 */
public final class Kubectl {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** What a command said and how it ended. */
  public record Answer(int status, String out, String err) {
    boolean isGood() {
      return status == 0;
    }
  }

  /** What the command prints; a failure is an exception with its complaint. */
  public String kubectl(String... arguments) {
    return good("kubectl", List.of(arguments), "");
  }

  public Answer tryKubectl(String... arguments) {
    return run("kubectl", List.of(arguments), "");
  }

  public JsonNode json(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("-o", "json"));
    return parsed(good("kubectl", all, ""));
  }

  static JsonNode parsed(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new ProgramFailed("not JSON: " + json, e);
    }
  }

  public void apply(String namespace, String manifests) {
    good("kubectl", List.of("-n", namespace, "apply", "--server-side", "-f", "-"), manifests);
  }

  public String helm(List<String> arguments) {
    return good("helm", arguments, "");
  }

  /** Runs any program. */
  public String good(String program, List<String> arguments, String input) {
    Answer answer = run(program, arguments, input);
    if (!answer.isGood()) {
      throw new ProgramFailed(
          program + " " + String.join(" ", arguments) + ": " + answer.err().strip());
    }
    return answer.out();
  }

  private static Answer run(String program, List<String> arguments, String input) {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(arguments);
    try (var readers = Executors.newVirtualThreadPerTaskExecutor()) {
      Process process = new ProcessBuilder(command).start();
      Future<byte[]> errors = readers.submit(() -> process.getErrorStream().readAllBytes());
      try (OutputStream in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      }
      byte[] out = process.getInputStream().readAllBytes();
      int status = process.waitFor();
      return new Answer(status, text(out), text(errors.get()));
    } catch (IOException | java.util.concurrent.ExecutionException e) {
      throw new ProgramFailed("could not run " + program + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProgramFailed("interrupted while running " + program, e);
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
