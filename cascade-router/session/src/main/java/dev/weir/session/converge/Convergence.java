package dev.weir.session.converge;

import java.util.List;
import java.util.Optional;

/** The focus that each member uses, as the deployed client SDK computes it. */
public final class Convergence {
  private Convergence() {}

  /**
   * The focus of one member, and why.
   *
   * @param decidedBy the member whose choice it is
   */
  public record Decision(
      Membership member, Optional<Transport> focus, Membership decidedBy, String reason) {}

  public static Decision focusOf(Membership member, Roster roster) {
    return switch (member.selection()) {
      case OLDEST_MEMBERSHIP -> byOldest(member, roster, "oldest_membership");
      case MULTI_SFU -> own(member, "multi_sfu: its own first focus");
      case OWN_TRANSPORT -> own(member, "rtc.member: its own first transport");
      case FOCI_ACTIVE -> own(member, "foci_active of the first clients");
      case FULL_MESH -> none(member, "full mesh: no SFU");
      case FULL_MESH_INTO_LIVEKIT ->
          roster.members().size() < member.meshLimit()
              ? none(member, "full mesh with fewer than " + member.meshLimit() + " members")
              : byOldest(member, roster, "full mesh has become too large");
      case UNKNOWN -> none(member, "its way to select a focus is not known");
    };
  }

  /** All members with their foci, oldest first. */
  public static List<Decision> explain(Roster roster) {
    return roster.members().stream().map(member -> focusOf(member, roster)).toList();
  }

  private static Decision byOldest(Membership member, Roster roster, String rule) {
    Membership oldest = roster.oldest().orElse(member);
    return new Decision(
        member,
        chosenByItself(oldest),
        oldest,
        rule + (oldest.equals(member) ? ": is the oldest" : ": follows the oldest"));
  }

  /** What the oldest would choose: nobody is older, so it is its own first focus or none. */
  static Optional<Transport> chosenByItself(Membership oldest) {
    return switch (oldest.selection()) {
      case OLDEST_MEMBERSHIP, MULTI_SFU, OWN_TRANSPORT, FOCI_ACTIVE, FULL_MESH_INTO_LIVEKIT ->
          oldest.firstFocus();
      case FULL_MESH, UNKNOWN -> Optional.empty();
    };
  }

  private static Decision own(Membership member, String reason) {
    return new Decision(member, member.firstFocus(), member, reason);
  }

  private static Decision none(Membership member, String reason) {
    return new Decision(member, Optional.empty(), member, reason);
  }
}
