package dev.weir.relay.session;

import dev.weir.relay.ice.IceCredentials;
import dev.weir.relay.sdp.MediaSection;
import dev.weir.relay.sdp.SdpOffer;
import java.util.ArrayList;
import java.util.List;
import livekit.LivekitRtc.MediaSectionsRequirement;
import livekit.LivekitRtc.SessionDescription;

/** What one connection offers: its media sections, and the credentials of the path it is on. */
final class Offers {
  /** A server may ask for so many sections and not more. */
  static final int MAX_SECTIONS = 2000;

  private final Environment environment;
  private final List<MediaSection> sections = new ArrayList<>();
  private final long session;
  private IceCredentials credentials;
  private IceCredentials offered;
  private int count;

  Offers(Environment environment) {
    this.environment = environment;
    this.session = environment.random().nextLong() >>> 2;
    this.credentials = IceCredentials.random(environment.transport().random());
    this.offered = credentials;
  }

  /** Adds a section and returns its mid. */
  int add(MediaSection section) {
    sections.add(section);
    return sections.size() - 1;
  }

  void replace(int mid, MediaSection section) {
    sections.set(mid, section);
  }

  boolean isEmpty() {
    return sections.isEmpty();
  }

  /** Adds the receiving sections that a server asks for; false if it asks for too many. */
  boolean provide(MediaSectionsRequirement wanted) {
    long more = (long) wanted.getNumAudios() + wanted.getNumVideos();
    if (wanted.getNumAudios() < 0
        || wanted.getNumVideos() < 0
        || sections.size() + more > MAX_SECTIONS) {
      return false;
    }
    for (int i = 0; i < wanted.getNumAudios(); i++) {
      add(new MediaSection.Receiving(false));
    }
    for (int i = 0; i < wanted.getNumVideos(); i++) {
      add(new MediaSection.Receiving(true));
    }
    return true;
  }

  /** The next offer asks for another path. */
  void restart() {
    credentials = IceCredentials.random(environment.transport().random());
  }

  /** The credentials of the newest offer. */
  IceCredentials offered() {
    return offered;
  }

  SessionDescription next() {
    count++;
    offered = credentials;
    String sdp =
        SdpOffer.write(
            session,
            count,
            credentials,
            environment.transport().identity().fingerprint(),
            sections);
    return SessionDescription.newBuilder().setType("offer").setSdp(sdp).setId(count).build();
  }

  /** Whether an answer is to the newest offer, as far as it says. */
  boolean isNewest(SessionDescription answer) {
    return answer.getId() == 0 || answer.getId() == count;
  }
}
