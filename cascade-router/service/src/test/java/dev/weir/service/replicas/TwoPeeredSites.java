package dev.weir.service.replicas;

import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.name.RoomNames;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Two packaged routers, two LiveKit servers, and clients of LiveKit's protocol. */
abstract class TwoPeeredSites {
  static final String CALL = "!call:a.test";

  @TempDir Path folder;
  final Crowd crowd = new Crowd();
  PeeredSite a;
  PeeredSite b;

  @BeforeEach
  void start() throws Exception {
    a = new PeeredSite(folder, "a");
    b = new PeeredSite(folder, "b");
    a.start(b);
    b.start(a);
    a.router().awaitReady();
    b.router().awaitReady();
  }

  @AfterEach
  void stop() throws Exception {
    crowd.close();
    a.close();
    b.close();
  }

  static List<String> natives(PeeredSite site, Room room) {
    return site.node().people(RoomNames.of(SlotId.ofRoomCall(CALL), room)).stream()
        .filter(person -> !person.containsAttributes("weir.relayed"))
        .filter(person -> !person.getPermission().getHidden())
        .map(person -> person.getIdentity())
        .toList();
  }

  List<String> nativeAtTheFocus() {
    return natives(a, Room.home(Site.of(a.server())));
  }
}
