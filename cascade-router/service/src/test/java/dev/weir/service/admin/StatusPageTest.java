package dev.weir.service.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.service.admin.Overview.LegLine;
import dev.weir.service.admin.Overview.MemberLine;
import dev.weir.service.admin.Overview.NodeCard;
import dev.weir.service.admin.Overview.PeerCard;
import dev.weir.service.admin.Overview.SiteCard;
import dev.weir.service.admin.Overview.SlotCard;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusPageTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private static Overview call(String alice) {
    SlotCard slot =
        new SlotCard(
            "!room:a.example",
            "m.call#ROOM",
            List.of(
                new MemberLine(alice, "D1", "a.example", "a/0", "", "a.example", true, false),
                new MemberLine(
                    "@bob:b.example", "D2", "b.example", "b/0", "VIEW", "a.example", false, true)),
            List.of(
                new LegLine(
                    "a.example", "home room", List.of("view annex"), List.of(alice), "flowing")));
    SiteCard site =
        new SiteCard(
            "b.example",
            "https://rtc.b.example",
            List.of(new NodeCard("default/b/0", "SERVING", 1, 2)),
            List.of(new PeerCard("a.example", false, "its certificate expired")),
            List.of(slot));
    return new Overview(NOON, "r1", List.of(site));
  }

  @Test
  void showsWhoIsWhereAndWhatCrosses() {
    assertThat(StatusPage.render(call("@alice:a.example")))
        .contains("@alice:a.example", "@bob:b.example", "flowing", "VIEW · legacy")
        .contains("for focus a.example")
        .contains("1 room, 2 participants")
        .contains("away: its certificate expired");
  }

  @Test
  void writesNamesAsTextOnly() {
    assertThat(StatusPage.render(call("@<script>alert('x')</script>:a.example")))
        .doesNotContain("<script")
        .contains("&lt;script&gt;");
  }

  @Test
  void saysWhatToDoWhenNothingIsConfigured() {
    assertThat(StatusPage.render(new Overview(NOON, "r1", List.of())))
        .contains("No Homeserver is configured");
  }
}
