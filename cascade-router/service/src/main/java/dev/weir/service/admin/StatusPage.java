package dev.weir.service.admin;

import dev.weir.service.admin.Overview.LegLine;
import dev.weir.service.admin.Overview.MemberLine;
import dev.weir.service.admin.Overview.NodeCard;
import dev.weir.service.admin.Overview.PeerCard;
import dev.weir.service.admin.Overview.SiteCard;
import dev.weir.service.admin.Overview.SlotCard;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The cascade map as one page without scripts or foreign assets: for each call, who is attached at
 * which site, and which media crosses. It reloads itself.
 */
final class StatusPage {
  private static final String STYLE = resource("status.css");

  private StatusPage() {}

  static String render(Overview overview) {
    StringBuilder page = new StringBuilder(16_384);
    page.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append("<meta http-equiv=\"refresh\" content=\"5\">")
        .append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
        .append("<title>Weir</title><style>")
        .append(STYLE)
        .append("</style></head><body><header><h1>Weir</h1><p>replica ")
        .append(escape(overview.replica()))
        .append(" · ")
        .append(overview.at().truncatedTo(ChronoUnit.SECONDS))
        .append("</p></header><main>");
    if (overview.sites().isEmpty()) {
      page.append("<p class=\"empty\">No Homeserver is configured here yet.</p>");
    }
    overview.sites().forEach(site -> site(page, site));
    return page.append("</main></body></html>").toString();
  }

  private static void site(StringBuilder page, SiteCard site) {
    page.append("<section class=\"site\"><h2>")
        .append(escape(site.serverName()))
        .append("</h2><p class=\"url\">")
        .append(escape(site.publicUrl()))
        .append("</p><ul class=\"facts\">");
    for (NodeCard node : site.nodes()) {
      fact(
          page,
          node.state().equals("SERVING") ? "good" : "warn",
          node.id(),
          node.state().toLowerCase(Locale.ROOT)
              + ", "
              + count(node.rooms(), "room")
              + ", "
              + count(node.participants(), "participant"));
    }
    for (PeerCard peer : site.peers()) {
      fact(
          page,
          peer.connected() ? "good" : "bad",
          "peer " + peer.serverName(),
          peer.connected() ? "connected" : "away: " + peer.problem());
    }
    page.append("</ul>");
    if (site.slots().isEmpty()) {
      page.append("<p class=\"empty\">No call right now.</p>");
    }
    site.slots().forEach(slot -> slot(page, site.serverName(), slot));
    page.append("</section>");
  }

  private static void fact(StringBuilder page, String mood, String name, String value) {
    page.append("<li class=\"")
        .append(mood)
        .append("\"><b>")
        .append(escape(name))
        .append("</b> ")
        .append(escape(value))
        .append("</li>");
  }

  private static void slot(StringBuilder page, String here, SlotCard slot) {
    page.append("<article class=\"call\"><h3>")
        .append(escape(slot.roomId()))
        .append(" <small>")
        .append(escape(slot.slotId()))
        .append("</small></h3><div class=\"map\">");
    Map<String, List<MemberLine>> bySite =
        slot.members().stream()
            .collect(Collectors.groupingBy(MemberLine::site, TreeMap::new, Collectors.toList()));
    // Far sites first: media flows from left to right, into this site.
    bySite.forEach(
        (name, members) -> {
          if (!name.equals(here)) {
            box(page, "far", name, members);
          }
        });
    if (!slot.legs().isEmpty()) {
      page.append("<div class=\"legs\">");
      slot.legs().forEach(leg -> leg(page, leg));
      page.append("</div>");
    }
    box(page, "here", here, bySite.getOrDefault(here, List.of()));
    page.append("</div></article>");
  }

  private static void box(StringBuilder page, String kind, String site, List<MemberLine> members) {
    page.append("<div class=\"box ")
        .append(kind)
        .append("\"><h4>")
        .append(escape(site))
        .append("</h4><ul>");
    for (MemberLine member : members) {
      page.append("<li><span class=\"dot")
          .append(member.publishes() ? " live" : "")
          .append("\"></span>")
          .append(escape(member.user()))
          .append("<small> ")
          .append(escape(member.device()))
          .append(member.role().isEmpty() ? "" : " · " + escape(member.role()))
          .append(member.legacy() ? " · legacy" : "")
          .append(
              member.focus().equals(member.site()) ? "" : " · for focus " + escape(member.focus()))
          .append("</small></li>");
    }
    page.append("</ul></div>");
  }

  private static void leg(StringBuilder page, LegLine leg) {
    page.append("<div class=\"leg\"><span>")
        .append(escape(leg.fromSite()))
        .append("</span><svg viewBox=\"0 0 120 16\" aria-hidden=\"true\">")
        .append("<path d=\"M2 8H112M106 3l7 5-7 5\"/></svg><span>")
        .append(escape(leg.state()))
        .append("</span><small>")
        .append(escape(String.join(", ", leg.publishers())))
        .append(" → ")
        .append(escape(String.join(", ", leg.to())))
        .append("</small></div>");
  }

  private static String count(int number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  private static String resource(String name) {
    try (InputStream in = Objects.requireNonNull(StatusPage.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
