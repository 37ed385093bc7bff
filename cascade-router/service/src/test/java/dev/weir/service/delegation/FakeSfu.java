package dev.weir.service.delegation;

import dev.weir.session.delegation.Survey;
import dev.weir.session.delegation.Survey.NodeAnswer;
import dev.weir.session.delegation.Survey.Participant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Who is in which room, on one node. */
final class FakeSfu implements SfuSurveys {
  static final String NODE = "ns/pool/n1";

  private final Map<String, Map<String, Participant>> rooms = new ConcurrentHashMap<>();
  private final AtomicInteger asked = new AtomicInteger();
  private volatile boolean silent;

  void enter(String room, String identity, String sid) {
    rooms
        .computeIfAbsent(room, any -> new ConcurrentHashMap<>())
        .put(identity, new Participant(identity, sid, true, 0));
  }

  void leave(String room, String identity) {
    rooms.computeIfAbsent(room, any -> new ConcurrentHashMap<>()).remove(identity);
  }

  void silent(boolean isSilent) {
    silent = isSilent;
  }

  int asked() {
    return asked.get();
  }

  @Override
  public CompletionStage<Survey> ask(String site, Set<String> names, long now) {
    asked.incrementAndGet();
    Map<String, Map<String, NodeAnswer>> answers = new HashMap<>();
    for (String name : names) {
      Map<String, Participant> room = rooms.get(name);
      NodeAnswer answer =
          silent
              ? new NodeAnswer.Unanswered()
              : room == null
                  ? new NodeAnswer.NoRoom()
                  : new NodeAnswer.Listed(List.copyOf(room.values()), 1);
      answers.put(name, Map.of(NODE, answer));
    }
    return CompletableFuture.completedFuture(new Survey(now, answers));
  }
}
