package dev.weir.session.view;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.weir.session.Client;
import dev.weir.session.Member;
import dev.weir.session.Place;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.Spot;
import java.util.List;

/**
 * What the writer of a member says about it.
 *
 * @param identities LiveKit identities under which it is natively attached, the publishing first
 * @param home site of the user's server name
 * @param focus the site whose focus it is attached for
 * @param node where the native attachment is; a tag that only its site understands
 * @param publishes whether it has published tracks, muted ones too
 * @param legacy whether it computes one focus for everybody, as oldest_membership clients do
 * @param left tombstone
 * @param hosted written by the focus, for a direct or restricted attachment in its own home room
 */
public record MemberRecord(
    Member member,
    List<String> identities,
    Site home,
    Site focus,
    String node,
    boolean publishes,
    boolean legacy,
    boolean left,
    boolean hosted,
    Version version) {

  public MemberRecord {
    identities = List.copyOf(identities);
  }

  /** The only site that may write this record. */
  @JsonIgnore
  public Site writer() {
    return hosted ? focus : home;
  }

  @JsonIgnore
  public Client client() {
    return member.client();
  }

  /** The spot where the member is natively attached. */
  @JsonIgnore
  public Spot source() {
    if (hosted || focus.equals(home)) {
      return new Spot(new Place(focus, node), Room.home(focus));
    }
    return new Spot(new Place(home, node), Room.guest(focus));
  }

  /** Whether a site is told: what a focus says about a site's own users that site would refuse. */
  public boolean concerns(Site receiver) {
    return !(hosted && home.equals(receiver));
  }

  /** The same statement in another version; equal content needs no new version. */
  public boolean saysTheSameAs(MemberRecord other) {
    return equals(other.at(version));
  }

  public MemberRecord at(Version newVersion) {
    return new MemberRecord(
        member, identities, home, focus, node, publishes, legacy, left, hosted, newVersion);
  }

  public MemberRecord asLeft(Version newVersion) {
    return new MemberRecord(
        member, List.of(), home, focus, node, false, legacy, true, hosted, newVersion);
  }
}
