package dev.weir.session;

/** One LiveKit room at one place. */
public record Spot(Place place, Room room) implements Comparable<Spot> {
  public static Spot of(Site site, String node, Room room) {
    return new Spot(new Place(site, node), room);
  }

  public Site site() {
    return place.site();
  }

  @Override
  public int compareTo(Spot other) {
    int byPlace = place.compareTo(other.place);
    return byPlace != 0 ? byPlace : room.compareTo(other.room);
  }

  @Override
  public String toString() {
    return room + " at " + place;
  }
}
