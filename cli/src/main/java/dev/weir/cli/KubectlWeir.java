package dev.weir.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The plugin. Exit codes: 0 fine, 1 something is not ready, 2 wrong usage, 3 kubectl failed, 4 no
 * router answers.
 */
public final class KubectlWeir {
  static final String HELP =
      """
      kubectl weir: calls across homeservers, at a glance

      Usage: kubectl weir COMMAND [options]

        status                 sites, pools with their nodes, and partners
        sessions               running calls (--server NAME: of one site; --watch: again every 2 s)
        explain ROOM_ID        who is where in a room, which focus and why, which legs
        drain POD              empty a LiveKit node and restart it (--undo: take it back)
        rotate-keys POOL       make new API keys for a pool; no call ends
        peer add SERVER        write a SfuPeer (--site HOMESERVER, --name NAME)

      Options:
        -n, --namespace NS     namespace of the resources (default: kubectl's)
        -A, --all-namespaces   all namespaces (status)
        --release NS/SERVICE   where the router is (default: weir-router in --namespace, else in weir)
        --context NAME         kubectl's context
        -o, --output FORMAT    json, yaml or wide
        -h, --help             this text

      Exit codes: 0 fine, 1 something is not ready, 2 wrong usage, 3 kubectl failed, 4 no router answers
      """;

  /** Runs kubectl; a seam for tests. */
  interface Kubectl {
    Result run(List<String> arguments, String input);
  }

  /** What a command printed. */
  record Result(int code, String out, String err) {}

  /** Ends the command with a message and an exit code. */
  static final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final int code;

    Failure(int code, String message) {
      super(message);
      this.code = code;
    }
  }

  private final Kubectl kubectl;
  private final PrintStream out;
  private final PrintStream err;
  private final List<String> words = new ArrayList<>();
  private final Map<String, String> options = new LinkedHashMap<>();

  KubectlWeir(Kubectl kubectl, PrintStream out, PrintStream err) {
    this.kubectl = kubectl;
    this.out = out;
    this.err = err;
  }

  public static void main(String[] arguments) {
    System.exit(new KubectlWeir(KubectlWeir::process, System.out, System.err).run(arguments));
  }

  int run(String... arguments) {
    try {
      parse(arguments);
      if (options.containsKey("help") || words.isEmpty()) {
        out.print(HELP);
        return words.isEmpty() && !options.containsKey("help") ? 2 : 0;
      }
      return switch (words.get(0)) {
        case "status" -> status();
        case "sessions" -> sessions();
        case "explain" -> explain();
        case "drain" -> drain();
        case "rotate-keys" -> rotateKeys();
        case "peer" -> peer();
        default ->
            throw new Failure(2, "unknown command " + words.get(0) + "; see kubectl weir --help");
      };
    } catch (Failure failure) {
      err.println("error: " + failure.getMessage());
      return failure.code;
    }
  }

  private void parse(String[] arguments) {
    Map<String, String> names =
        Map.of("-n", "namespace", "-A", "all-namespaces", "-o", "output", "-h", "help");
    List<String> flags = List.of("all-namespaces", "help", "watch", "undo");
    List<String> valued =
        List.of("namespace", "output", "release", "context", "server", "site", "name");
    for (int i = 0; i < arguments.length; i++) {
      String argument = arguments[i];
      if (!argument.startsWith("-")) {
        words.add(argument);
        continue;
      }
      String name = names.getOrDefault(argument, argument.replaceFirst("^--", ""));
      int equals = name.indexOf('=');
      String value = equals < 0 ? "" : name.substring(equals + 1);
      name = equals < 0 ? name : name.substring(0, equals);
      if (valued.contains(name)) {
        if (equals < 0 && ++i >= arguments.length) {
          throw new Failure(2, argument + " needs a value");
        }
        options.put(name, equals < 0 ? arguments[i] : value);
      } else if (flags.contains(name)) {
        options.put(name, "true");
      } else {
        throw new Failure(2, "unknown option " + argument + "; see kubectl weir --help");
      }
    }
    if (!List.of("", "json", "yaml", "wide").contains(options.getOrDefault("output", ""))) {
      throw new Failure(2, "output is json, yaml or wide, not " + options.get("output"));
    }
  }

  private int status() {
    Object all = Json.parse(resources("homeservers,sfupools,sfupeers"));
    List<Object> items = Json.list(all, "items");
    if (structured(all)) {
      return ready(items) ? 0 : 1;
    }
    if (items.isEmpty()) {
      out.println("nothing of Weir is in this namespace; -n NAME or -A looks elsewhere");
      return 0;
    }
    boolean wide = "wide".equals(options.get("output"));
    section(
        "SITES",
        kind(items, "Homeserver"),
        "NAME",
        "SERVER",
        "READY",
        "POOLS",
        "SESSIONS",
        "MEMBERS",
        "PEERS",
        site ->
            List.of(
                name(site),
                Json.text(site, "spec", "serverName"),
                condition(site, "Ready"),
                number(site, "pools"),
                number(site, "sessions"),
                number(site, "members"),
                number(site, "peers")));
    section(
        "POOLS",
        kind(items, "SfuPool"),
        "NAME",
        "SITE",
        "READY",
        "SERVING",
        "DRAINING",
        "ROOMS",
        "PARTICIPANTS",
        pool ->
            List.of(
                name(pool),
                Json.text(pool, "spec", "homeserverRef", "name"),
                condition(pool, "Ready"),
                number(pool, "readyReplicas") + "/" + number(pool, "replicas"),
                number(pool, "draining"),
                number(pool, "rooms"),
                number(pool, "participants")));
    List<Object> nodes = new ArrayList<>();
    Map<Object, String> poolOf = new java.util.IdentityHashMap<>();
    for (Object pool : kind(items, "SfuPool")) {
      for (Object node : Json.list(pool, "status", "nodes")) {
        nodes.add(node);
        poolOf.put(node, name(pool));
      }
    }
    section(
        "NODES",
        nodes,
        List.of("NAME", "POOL", "STATE", "ROOMS", "PARTICIPANTS", "STRESS", "VERSION", "ADDRESS"),
        node ->
            List.of(
                Json.text(node, "name"),
                poolOf.getOrDefault(node, ""),
                Json.text(node, "state"),
                Json.text(node, "rooms"),
                Json.text(node, "participants"),
                Json.text(node, "stress"),
                Json.text(node, "version"),
                Json.text(node, "address")));
    section(
        "PEERS",
        kind(items, "SfuPeer"),
        "NAME",
        "SERVER",
        "CONNECTED",
        "REASON",
        "LEGS",
        "BITS/S",
        "LAST HANDSHAKE",
        peer ->
            List.of(
                name(peer),
                Json.text(peer, "spec", "serverName"),
                condition(peer, "Connected"),
                reason(peer, "Connected"),
                number(peer, "legs"),
                number(peer, "bitrateBitsPerSecond"),
                Json.text(peer, "status", "lastHandshake")));
    complaints(items, wide);
    return ready(items) ? 0 : 1;
  }

  /** What is not as it should be, with what to do; every condition with {@code -o wide}. */
  private void complaints(List<Object> items, boolean wide) {
    for (Object item : items) {
      for (Object condition : Json.list(item, "status", "conditions")) {
        String type = Json.text(condition, "type");
        boolean bad =
            type.equals("Degraded")
                ? Json.text(condition, "status").equals("True")
                : !List.of("Draining", "Ready").contains(type)
                    && !Json.text(condition, "status").equals("True");
        if (wide || bad) {
          out.printf(
              "%s/%s %s=%s (%s): %s%n",
              Json.text(item, "kind"),
              name(item),
              type,
              Json.text(condition, "status"),
              Json.text(condition, "reason"),
              Json.text(condition, "message"));
        }
      }
    }
  }

  private static boolean ready(List<Object> items) {
    return items.stream().allMatch(item -> condition(item, "Ready").equals("True"));
  }

  private int sessions() {
    String query =
        options.containsKey("server")
            ? "?server_name=" + encoded(options.getOrDefault("server", ""))
            : "";
    do {
      Object answer = Json.parse(router("/weir/v1/sessions" + query));
      if (!structured(answer)) {
        List<Object> slots = new ArrayList<>();
        for (Object site : Json.list(answer, "sites")) {
          for (Object slot : Json.list(site, "slots")) {
            Map<String, Object> row = new LinkedHashMap<>(Json.object(slot));
            row.put("site", Json.text(site, "serverName"));
            slots.add(row);
          }
        }
        section(
            "SESSIONS",
            slots,
            "SITE",
            "ROOM",
            "SLOT",
            "MEMBERS",
            "LEGS",
            slot ->
                List.of(
                    Json.text(slot, "site"),
                    Json.text(slot, "roomId"),
                    Json.text(slot, "slotId"),
                    size(slot, "members"),
                    size(slot, "legs")));
      }
    } while (options.containsKey("watch") && pause());
    return 0;
  }

  private int explain() {
    Object answer =
        Json.parse(router("/weir/v1/explain?room_id=" + encoded(argument("a room id"))));
    List<Object> slots = Json.list(answer, "slots");
    if (!structured(answer)) {
      slots.forEach(this::explain);
    }
    return slots.isEmpty() ? 1 : 0;
  }

  /** The router's own words, and then how its legs are doing. */
  private void explain(Object slot) {
    out.print(Json.text(slot, "explanation"));
    for (Object leg : Json.list(slot, "legs")) {
      out.println("  leg from " + Json.text(leg, "from") + ": " + Json.text(leg, "state"));
    }
  }

  private int drain() {
    String value = options.containsKey("undo") ? "weir.dev/drain-" : "weir.dev/drain=true";
    String pod = argument("a pod");
    String pool = call("", "get", "pod", pod, "-o", "jsonpath={.metadata.labels.weir\\.dev/pool}");
    if (pool.isBlank()) {
      throw new Failure(
          2, "pod " + pod + " is no node of a SfuPool; kubectl weir status lists them");
    }
    call("", "annotate", "pod", pod, value, "--overwrite");
    out.println(
        options.containsKey("undo")
            ? "the node takes new rooms again"
            : "the node is emptied and then restarts; watch it with kubectl weir status");
    return 0;
  }

  private int rotateKeys() {
    call(
        "",
        "annotate",
        "sfupool",
        argument("a pool"),
        "weir.dev/rotate-keys=" + System.currentTimeMillis(),
        "--overwrite");
    out.println("new keys are made; nodes roll twice, and no call ends");
    return 0;
  }

  private int peer() {
    if (words.size() != 3 || !words.get(1).equals("add")) {
      throw new Failure(2, "usage: kubectl weir peer add SERVER --site HOMESERVER");
    }
    String server = words.get(2);
    String site = options.getOrDefault("site", "");
    if (site.isEmpty()) {
      throw new Failure(2, "--site is missing: name the Homeserver that the agreement is of");
    }
    String name =
        options.getOrDefault(
            "name",
            server
                .toLowerCase(java.util.Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-|-$", ""));
    String manifest =
        "{\"apiVersion\":\"weir.dev/v1alpha1\",\"kind\":\"SfuPeer\",\"metadata\":{\"name\":"
            + Json.quote(name)
            + "},\"spec\":{\"homeserverRef\":{\"name\":"
            + Json.quote(site)
            + "},\"serverName\":"
            + Json.quote(server)
            + "}}";
    out.print(call(manifest, "apply", "-f", "-"));
    out.println("the partner must list this site too; watch it with kubectl weir status");
    return 0;
  }

  private String argument(String what) {
    if (words.size() != 2) {
      throw new Failure(2, words.get(0) + " needs " + what);
    }
    return words.get(1);
  }

  private String resources(String kinds) {
    return options.containsKey("all-namespaces")
        ? call("", "get", kinds, "-A", "-o", "json")
        : call("", "get", kinds, "-o", "json");
  }

  /**
   * The router's management port, through the API server, so that kubectl's own permissions decide.
   */
  private String router(String path) {
    String[] release =
        options
            .getOrDefault("release", options.getOrDefault("namespace", "weir") + "/weir-router")
            .split("/", 2);
    if (release.length != 2) {
      throw new Failure(2, "--release is NAMESPACE/SERVICE");
    }
    Result result =
        kubectl.run(
            arguments(
                "get",
                "--raw",
                "/api/v1/namespaces/"
                    + release[0]
                    + "/services/"
                    + release[1]
                    + ":management/proxy"
                    + path),
            "");
    if (result.code() != 0) {
      throw new Failure(
          4,
          "no router answers at "
              + release[0]
              + "/"
              + release[1]
              + " (set --release): "
              + result.err().strip());
    }
    return result.out();
  }

  private String call(String input, String... arguments) {
    Result result = kubectl.run(arguments(arguments), input);
    if (result.code() != 0) {
      throw new Failure(3, "kubectl " + arguments[0] + ": " + result.err().strip());
    }
    return result.out();
  }

  private List<String> arguments(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    for (String passed : List.of("namespace", "context")) {
      if (options.containsKey(passed)) {
        all.add("--" + passed + "=" + options.get(passed));
      }
    }
    return all;
  }

  private static Result process(List<String> arguments, String input) {
    List<String> command = new ArrayList<>(List.of("kubectl"));
    command.addAll(arguments);
    try {
      java.nio.file.Path errors = java.nio.file.Files.createTempFile("kubectl-weir", ".err");
      Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
      try (var stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      }
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      String problem = java.nio.file.Files.readString(errors);
      java.nio.file.Files.delete(errors);
      return new Result(code, text, problem);
    } catch (IOException e) {
      throw new UncheckedIOException("kubectl cannot be run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Result(1, "", "interrupted");
    }
  }

  private static boolean pause() {
    try {
      Thread.sleep(2000);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private boolean structured(Object value) {
    switch (options.getOrDefault("output", "")) {
      case "json" -> out.println(Json.write(value));
      case "yaml" -> out.print(Json.yaml(value, ""));
      default -> {
        return false;
      }
    }
    return true;
  }

  private void section(
      String title,
      List<Object> items,
      String a,
      String b,
      String c,
      String d,
      String e,
      String f,
      String g,
      Function<Object, List<String>> row) {
    section(title, items, List.of(a, b, c, d, e, f, g), row);
  }

  private void section(
      String title,
      List<Object> items,
      String a,
      String b,
      String c,
      String d,
      String e,
      Function<Object, List<String>> row) {
    section(title, items, List.of(a, b, c, d, e), row);
  }

  private void section(
      String title, List<Object> items, List<String> head, Function<Object, List<String>> row) {
    List<List<String>> lines = new ArrayList<>(List.of(head));
    items.forEach(item -> lines.add(row.apply(item)));
    int[] widths = new int[head.size()];
    lines.forEach(
        line -> {
          for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(widths[i], line.get(i).length());
          }
        });
    out.println(title + (items.isEmpty() ? ": none" : ""));
    if (!items.isEmpty()) {
      for (List<String> line : lines) {
        StringBuilder text = new StringBuilder("  ");
        for (int i = 0; i < widths.length; i++) {
          text.append(line.get(i)).append(" ".repeat(widths[i] - line.get(i).length() + 3));
        }
        out.println(text.toString().stripTrailing());
      }
    }
    out.println();
  }

  private static List<Object> kind(List<Object> items, String kind) {
    return items.stream().filter(item -> Json.text(item, "kind").equals(kind)).toList();
  }

  private String name(Object item) {
    String name = Json.text(item, "metadata", "name");
    return options.containsKey("all-namespaces")
        ? Json.text(item, "metadata", "namespace") + "/" + name
        : name;
  }

  private static String number(Object item, String field) {
    String value = Json.text(item, "status", field);
    return value.isEmpty() ? "0" : value;
  }

  private static String size(Object item, String field) {
    return String.valueOf(Json.list(item, field).size());
  }

  private static String condition(Object item, String type) {
    return aspect(item, type, "status", "Unknown");
  }

  private static String reason(Object item, String type) {
    return aspect(item, type, "reason", "");
  }

  private static String aspect(Object item, String type, String field, String otherwise) {
    return Json.list(item, "status", "conditions").stream()
        .filter(condition -> Json.text(condition, "type").equals(type))
        .map(condition -> Json.text(condition, field))
        .findFirst()
        .orElse(otherwise);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** As much JSON as kubectl and the router speak. */
  static final class Json {
    private final String text;
    private int at;

    private Json(String text) {
      this.text = text;
    }

    static Object parse(String text) {
      Json json = new Json(text);
      Object value = json.value();
      json.space();
      if (json.at != text.length()) {
        throw json.wrong();
      }
      return value;
    }

    private Object value() {
      space();
      char next = at < text.length() ? text.charAt(at) : '\0';
      if (next == '{' || next == '[') {
        return next == '{' ? map() : array();
      } else if (next == '"') {
        return string();
      }
      int start = at;
      while (at < text.length() && ",]} \n\r\t".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      String word = text.substring(start, at);
      return switch (word) {
        case "null" -> "";
        case "true", "false" -> Boolean.valueOf(word);
        default -> {
          if (!word.matches("-?[0-9][0-9.eE+-]*")) {
            throw wrong();
          }
          yield new java.math.BigDecimal(word);
        }
      };
    }

    private Map<String, Object> map() {
      Map<String, Object> map = new LinkedHashMap<>();
      at++;
      while (!closes('}')) {
        space();
        String key = string();
        space();
        expect(':');
        map.put(key, value());
      }
      return map;
    }

    private List<Object> array() {
      List<Object> list = new ArrayList<>();
      at++;
      while (!closes(']')) {
        list.add(value());
      }
      return list;
    }

    private boolean closes(char end) {
      space();
      if (at < text.length() && text.charAt(at) == ',') {
        at++;
        return false;
      }
      if (at < text.length() && text.charAt(at) == end) {
        at++;
        return true;
      }
      if (at >= text.length()) {
        throw wrong();
      }
      return false;
    }

    private String string() {
      expect('"');
      StringBuilder value = new StringBuilder();
      while (at < text.length() && text.charAt(at) != '"') {
        char next = text.charAt(at++);
        if (next == '\\') {
          char escape = text.charAt(at++);
          if (escape == 'u') {
            value.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
            at += 4;
          } else {
            int index = "nrtbf".indexOf(escape);
            value.append(index < 0 ? escape : "\n\r\t\b\f".charAt(index));
          }
        } else {
          value.append(next);
        }
      }
      expect('"');
      return value.toString();
    }

    private void expect(char wanted) {
      if (at >= text.length() || text.charAt(at) != wanted) {
        throw wrong();
      }
      at++;
    }

    private void space() {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
    }

    private Failure wrong() {
      return new Failure(3, "the answer is not JSON at character " + at);
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Object value) {
      return value instanceof Map<?, ?> ? (Map<String, Object>) value : Map.of();
    }

    private static Object walk(Object value, String... path) {
      Object here = value;
      for (String step : path) {
        here = object(here).getOrDefault(step, "");
      }
      return here;
    }

    static String text(Object value, String... path) {
      Object found = walk(value, path);
      return found instanceof Map || found instanceof List ? "" : String.valueOf(found);
    }

    @SuppressWarnings("unchecked")
    static List<Object> list(Object value, String... path) {
      Object found = walk(value, path);
      return found instanceof List<?> ? (List<Object>) found : List.of();
    }

    static String quote(String text) {
      StringBuilder quoted = new StringBuilder("\"");
      for (char c : text.toCharArray()) {
        quoted.append(
            c == '"' || c == '\\'
                ? "\\" + c
                : c < ' ' ? String.format("\\u%04x", (int) c) : String.valueOf(c));
      }
      return quoted.append('"').toString();
    }

    static String write(Object value) {
      if (value instanceof Map<?, ?> map) {
        return "{"
            + String.join(
                ",",
                map.entrySet().stream()
                    .map(e -> quote(String.valueOf(e.getKey())) + ":" + write(e.getValue()))
                    .toList())
            + "}";
      } else if (value instanceof List<?> list) {
        return "[" + String.join(",", list.stream().map(Json::write).toList()) + "]";
      }
      return value instanceof String text ? quote(text) : String.valueOf(value);
    }

    static String yaml(Object value, String indent) {
      StringBuilder yaml = new StringBuilder();
      if (value instanceof Map<?, ?> map) {
        map.forEach(
            (key, item) -> yaml.append(indent).append(key).append(":").append(below(item, indent)));
      } else if (value instanceof List<?> list) {
        for (Object item : list) {
          String text = yaml(item, indent + "  ");
          yaml.append(indent)
              .append("- ")
              .append(nested(item) ? text.substring(indent.length() + 2) : text.strip() + "\n");
        }
      } else {
        yaml.append(write(value)).append('\n');
      }
      return yaml.toString();
    }

    private static String below(Object item, String indent) {
      return nested(item) ? "\n" + yaml(item, indent + "  ") : " " + write(item) + "\n";
    }

    private static boolean nested(Object item) {
      return (item instanceof Map<?, ?> map && !map.isEmpty())
          || (item instanceof List<?> list && !list.isEmpty());
    }
  }
}
