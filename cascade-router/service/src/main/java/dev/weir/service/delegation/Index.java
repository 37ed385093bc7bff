package dev.weir.service.delegation;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** Finds running members by a word of theirs, within a site. */
final class Index {
  private record Word(String site, String text) {}

  private final Map<Word, Set<Running>> found = new HashMap<>();

  void add(String site, Iterable<String> words, Running running) {
    for (String text : words) {
      found.computeIfAbsent(new Word(site, text), word -> new LinkedHashSet<>()).add(running);
    }
  }

  void remove(String site, Iterable<String> words, Running running) {
    for (String text : words) {
      Word word = new Word(site, text);
      Set<Running> there = found.get(word);
      if (there != null && there.remove(running) && there.isEmpty()) {
        found.remove(word);
      }
    }
  }

  Set<Running> find(String site, String text) {
    Set<Running> there = found.get(new Word(site, text));
    return there == null ? Set.of() : Set.copyOf(there);
  }

  /** Site and word of everything that somebody is found by. */
  void forEach(BiConsumer<String, String> each) {
    found.keySet().forEach(word -> each.accept(word.site(), word.text()));
  }
}
