package dev.weir.session;

import java.time.Instant;

/**
 * One LiveKit connection of a member, from its participant_joined to the end of its very SID.
 * Identities are unique within a spot, so (spot, identity) is its key and the SID its generation.
 */
public record Attachment(
    Key key, String sid, Member member, Role role, boolean publishes, Instant joinedAt) {

  /** Where an identity can be attached only once. */
  public record Key(String node, Room room, String identity) implements Comparable<Key> {
    public Key at(String other) {
      return new Key(other, room, identity);
    }

    @Override
    public int compareTo(Key other) {
      int byRoom = room.compareTo(other.room);
      if (byRoom != 0) {
        return byRoom;
      }
      int byNode = CodePoints.compare(node, other.node);
      return byNode != 0 ? byNode : CodePoints.compare(identity, other.identity);
    }
  }

  public String node() {
    return key.node();
  }

  public Room room() {
    return key.room();
  }

  public String identity() {
    return key.identity();
  }

  /** The focus that the client asked for: the site itself for OWN, DIRECT and RESTRICTED. */
  public Site focus() {
    return key.room().focus();
  }

  public Client client() {
    return member.client();
  }

  public Attachment withPublishes(boolean value) {
    return value == publishes ? this : new Attachment(key, sid, member, role, value, joinedAt);
  }
}
