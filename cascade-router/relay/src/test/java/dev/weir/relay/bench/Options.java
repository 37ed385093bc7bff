package dev.weir.relay.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A bench's arguments: the JSON file to write, if it is the first, and pairs of name and value. */
record Options(String json, Map<String, String> values) {
  static Options of(String[] args) {
    boolean named = args.length % 2 == 1;
    Map<String, String> values = new TreeMap<>();
    for (int i = named ? 1 : 0; i + 1 < args.length; i += 2) {
      values.put(args[i], args[i + 1]);
    }
    return new Options(named ? args[0] : values.getOrDefault("--json", ""), values);
  }

  int number(String name, int otherwise) {
    return Integer.parseInt(values.getOrDefault(name, Integer.toString(otherwise)));
  }

  String text(String name, String otherwise) {
    return values.getOrDefault(name, otherwise);
  }

  void write(Map<String, Double> figures) throws IOException {
    if (json.isEmpty()) {
      return;
    }
    StringBuilder text = new StringBuilder("{");
    figures.forEach(
        (name, value) -> {
          text.append(text.length() > 1 ? ",\n  " : "\n  ");
          text.append('"').append(name).append("\": ");
          text.append(value.isNaN() ? "null" : String.format(Locale.ROOT, "%.4f", value));
        });
    Files.writeString(Path.of(json), text.append("\n}\n").toString());
  }
}
