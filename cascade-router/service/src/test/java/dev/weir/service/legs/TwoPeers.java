package dev.weir.service.legs;

import static org.awaitility.Awaitility.await;

import dev.weir.session.Member;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Two sites that are connected, and somebody at each. */
abstract class TwoPeers {
  static final SlotId CALL = SlotId.ofRoomCall("!call:a.test");
  static final Member ALICE = Member.legacy("@alice:a.test", "AAA");
  static final Member BOB = Member.legacy("@bob:b.test", "BBB");
  static final Site A = Site.of("a.test");
  static final Site B = Site.of("b.test");

  @TempDir Path data;
  private final List<TestSite> sites = new ArrayList<>();
  TestSite a;
  TestSite b;

  @BeforeEach
  void connect() {
    a = site("a.test");
    b = site("b.test");
    TestSite.peer(a, b);
    await().until(() -> a.connectedTo(b) && b.connectedTo(a));
  }

  TestSite site(String name) {
    TestSite site = new TestSite(data, name);
    sites.add(site);
    return site;
  }

  @AfterEach
  void close() {
    sites.forEach(TestSite::close);
  }
}
