package dev.weir.session.explain;

import dev.weir.session.Attachment;
import dev.weir.session.Client;
import dev.weir.session.Site;
import dev.weir.session.converge.Convergence;
import dev.weir.session.name.RoomNames;
import dev.weir.session.plan.Carried;
import dev.weir.session.plan.Leg;
import dev.weir.session.plan.Omission;
import dev.weir.session.plan.Plan;
import dev.weir.session.plan.Rule;
import dev.weir.session.slot.ClientFacts;
import dev.weir.session.slot.Elsewhere;
import dev.weir.session.slot.RoomMove;
import dev.weir.session.slot.SlotState;
import dev.weir.session.view.Held;
import dev.weir.session.view.MemberRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** One site's view of one slot, for a person. */
public final class Explanation {
  private final SlotState state;
  private final Plan plan;
  private final List<Convergence.Decision> decisions;
  private final List<String> lines = new ArrayList<>();

  private Explanation(SlotState state, Plan plan, List<Convergence.Decision> decisions) {
    this.state = state;
    this.plan = plan;
    this.decisions = decisions;
  }

  /**
   * @param decisions what the members' events say; empty where events are not read
   */
  public static String of(SlotState state, Plan plan, List<Convergence.Decision> decisions) {
    return new Explanation(state, plan, decisions).text();
  }

  private String text() {
    lines.add("slot " + state.slot().slotId() + " of " + state.slot().roomId());
    lines.add("seen by " + state.self());
    members();
    events();
    disagreement();
    rooms();
    legs();
    omissions();
    return String.join("\n", lines) + "\n";
  }

  private void members() {
    lines.add("members");
    List<Held> live = new ArrayList<>(state.view().live());
    live.sort(Comparator.comparing(held -> held.record().client()));
    for (Held held : live) {
      MemberRecord record = held.record();
      lines.add(
          "  %s: %s at %s for focus %s, %s%s"
              .formatted(
                  record.client(),
                  record.publishes() ? "publishes" : "silent",
                  record.source().place(),
                  record.focus(),
                  record.legacy() ? "legacy (" + why(record) + ")" : "multi-SFU",
                  record.hosted() ? ", hosted by " + record.focus() : ""));
    }
    if (live.isEmpty()) {
      lines.add("  nobody");
    }
  }

  private String why(MemberRecord record) {
    Client client = record.client();
    ClientFacts facts = state.clients().getOrDefault(client, ClientFacts.NONE);
    if (!record.writer().equals(state.self())) {
      return "says " + record.writer();
    }
    if (!record.focus().equals(record.home())) {
      return "publishes at a foreign focus or has no other";
    }
    return facts.suspect() ? "does not view the others' foci" : "declared";
  }

  private void events() {
    if (!decisions.isEmpty()) {
      lines.add("membership events");
    }
    for (Convergence.Decision decision : decisions) {
      String focus = decision.focus().map(transport -> transport.url()).orElse("none");
      lines.add(
          "  %s %s: focus %s (%s)"
              .formatted(
                  decision.member().user(), decision.member().device(), focus, decision.reason()));
    }
  }

  private void disagreement() {
    Set<Site> foci = Disagreement.legacyFoci(state);
    if (foci.size() > 1) {
      lines.add("legacy members disagree: foci " + foci + "; they are one call by R2 and R3");
    }
  }

  private void rooms() {
    lines.add("rooms here");
    List<Attachment> attachments = new ArrayList<>(state.attachments().values());
    attachments.sort(Comparator.comparing(Attachment::key));
    for (Attachment a : attachments) {
      lines.add(
          "  %s on %s (%s): %s as %s%s"
              .formatted(
                  a.room(),
                  a.node(),
                  RoomNames.of(state.slot(), a.room()),
                  a.client(),
                  a.role(),
                  a.publishes() ? ", publishes" : ""));
    }
    for (RoomMove move : state.moves()) {
      lines.add(
          "  %s moves from %s to %s%s"
              .formatted(move.room(), move.from(), move.to(), move.switched() ? ", switched" : ""));
    }
    for (Elsewhere annex : state.elsewhere()) {
      lines.add(
          annex.isAway()
              ? "  %s on %s: the media of %s cannot be brought here, so its clients are sent to %s directly (there now: %d)"
                  .formatted(
                      annex.room(),
                      annex.node(),
                      annex.room().focus(),
                      annex.room().focus(),
                      annex.clients().size())
              : "  %s on %s: the media of %s comes again, and its clients come back"
                  .formatted(annex.room(), annex.node(), annex.room().focus()));
    }
  }

  private void legs() {
    lines.add("legs");
    for (Leg leg : plan.all()) {
      lines.add("  from " + leg.source());
      for (Carried carried : leg.carries().values()) {
        carried
            .targets()
            .forEach(
                (target, rule) ->
                    lines.add(
                        "    %s into %s (%s: %s)"
                            .formatted(carried.member().client(), target, rule, meaning(rule))));
      }
    }
    if (plan.all().isEmpty()) {
      lines.add("  none");
    }
  }

  private static String meaning(Rule rule) {
    return switch (rule) {
      case R1 -> "the room is for its focus";
      case R2 -> "it is legacy, so others may look for it anywhere";
      case R3 -> "a legacy viewer there has no other room";
    };
  }

  private void omissions() {
    for (Omission omission : plan.omitted()) {
      lines.add(
          "kept out: %s of %s, cap per %s reached"
              .formatted(
                  omission.client(),
                  omission.target(),
                  omission.cap() == Omission.Cap.ROOM ? "room" : "peer"));
    }
  }
}
