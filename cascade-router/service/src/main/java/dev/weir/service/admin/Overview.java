package dev.weir.service.admin;

import java.time.Instant;
import java.util.List;

/** What one replica knows of its sites at one moment: the model behind the status page and JSON. */
public record Overview(Instant at, String replica, List<SiteCard> sites) {
  public Overview {
    sites = List.copyOf(sites);
  }

  public record SiteCard(
      String serverName,
      String publicUrl,
      List<NodeCard> nodes,
      List<PeerCard> peers,
      List<SlotCard> slots) {
    public SiteCard {
      nodes = List.copyOf(nodes);
      peers = List.copyOf(peers);
      slots = List.copyOf(slots);
    }
  }

  public record NodeCard(String id, String state, int rooms, int participants) {}

  /**
   * @param problem empty when all is well
   */
  public record PeerCard(String serverName, boolean connected, String problem) {}

  public record SlotCard(
      String roomId, String slotId, List<MemberLine> members, List<LegLine> legs) {
    public SlotCard {
      members = List.copyOf(members);
      legs = List.copyOf(legs);
    }
  }

  /**
   * One call for a person who asks why.
   *
   * @param explanation the whole of it in words, in lines
   * @param disagreeing legacy members name several foci
   */
  public record Explained(
      String site,
      String roomId,
      String slotId,
      String explanation,
      boolean disagreeing,
      List<MemberLine> members,
      List<LegLine> legs) {
    public Explained {
      members = List.copyOf(members);
      legs = List.copyOf(legs);
    }
  }

  /**
   * @param site where the member is attached
   * @param role how it is attached there; empty when another site hosts it
   * @param focus the site whose focus it asked for
   */
  public record MemberLine(
      String user,
      String device,
      String site,
      String node,
      String role,
      String focus,
      boolean publishes,
      boolean legacy) {}

  /**
   * @param from site and room the media is pulled from
   * @param to rooms that it is published into
   * @param publishers users whose media it carries
   */
  public record LegLine(
      String fromSite, String from, List<String> to, List<String> publishers, String state) {
    public LegLine {
      to = List.copyOf(to);
      publishers = List.copyOf(publishers);
    }
  }
}
