package dev.weir.service.slots;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.map.IMap;
import dev.weir.session.Room;
import dev.weir.session.SlotId;
import dev.weir.session.placement.NodeReport.State;
import dev.weir.session.placement.Part;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoomsTest {
  private static final SlotId CALL = SlotId.ofRoomCall("!call:a.test");
  private static final Room HOME = Room.home(TestRouter.A);
  private static final RoomKey KEY = Rooms.key(TestRouter.A, CALL, HOME);
  private static final URI AWAY = URI.create("ws://127.0.0.1:9");
  private static final String FIRST = "default/main/n1";
  private static final String SECOND = "default/main/n2";

  @TempDir Path data;
  private TestRouter router;

  @BeforeEach
  void start() {
    router =
        new TestRouter(data, List.of(TestRouter.node("n1", AWAY), TestRouter.node("n2", AWAY)));
    router.reports(FIRST, State.SERVING, 0);
    router.reports(SECOND, State.SERVING, 0);
  }

  @AfterEach
  void stop() {
    router.close();
  }

  @Test
  void aTokenForARoomThatIsInUseAsksNobody() {
    String node = tokenAt().orElseThrow();
    IMap<String, byte[]> shared = router.hazelcast.getMap("weir.rooms");
    Awaitility.await().until(() -> router.rooms.glance(KEY).isPresent());
    long asked = shared.getLocalMapStats().getGetOperationCount();
    for (int i = 0; i < 20; i++) {
      assertThat(tokenAt()).contains(node);
    }
    assertThat(shared.getLocalMapStats().getGetOperationCount()).isEqualTo(asked);
  }

  @Test
  void aTokenKeepsARoomInUse() {
    var unused = tokenAt();
    Awaitility.await().until(() -> router.rooms.glance(KEY).isPresent());
    router.after(Duration.ofSeconds(61));
    router.reports(FIRST, State.SERVING, 0);
    router.reports(SECOND, State.SERVING, 0);
    unused = tokenAt();
    assertThat(router.rooms.find(KEY).orElseThrow().used()).isEqualTo(router.now());
  }

  @Test
  void aTokenForARoomWhoseNodeIsBeingDrainedIsPlacedAnew() {
    String node = tokenAt().orElseThrow();
    Awaitility.await().until(() -> router.rooms.glance(KEY).isPresent());
    router.reports(node, State.DRAINING, 0);
    assertThat(tokenAt()).contains(node.equals(FIRST) ? SECOND : FIRST);
  }

  private Optional<String> tokenAt() {
    return router.rooms.placeForToken(TestRouter.A, CALL, HOME, "@u:a.test:D").map(Part::node);
  }
}
