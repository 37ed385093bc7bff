package dev.weir.session.slot;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.weir.session.Client;
import dev.weir.session.Room;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * An annex of ours that cannot be brought its focus' media: its clients are bound to the focus
 * itself. It goes on to count as viewed, at the node where it is, because the legs into it are what
 * tells when its clients can come back, and what awaits them then.
 *
 * @param clients those whose signalling goes to the focus now, as far as the gates have said
 * @param endsAt the clients have been called back and have until then to come; EPOCH while they
 *     have not
 */
public record Elsewhere(Room room, String node, Set<Client> clients, Instant endsAt) {
  public Elsewhere {
    clients = Set.copyOf(clients);
  }

  /** Clients are sent to the focus, not called back yet. */
  @JsonIgnore
  public boolean isAway() {
    return endsAt.equals(Instant.EPOCH);
  }

  boolean isOver(Instant now) {
    return !isAway() && !endsAt.isAfter(now);
  }

  Elsewhere with(Client client, boolean there) {
    Set<Client> changed = new HashSet<>(clients);
    if (there) {
      changed.add(client);
    } else {
      changed.remove(client);
    }
    return new Elsewhere(room, node, changed, endsAt);
  }

  Elsewhere endingAt(Instant at) {
    return new Elsewhere(room, node, clients, at);
  }
}
