package dev.weir.service.gate;

import dev.weir.session.move.MoveState;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Where moves are noted, so that another replica can carry them on. */
public interface MoveStore {

  /** Notes a state of a move that this replica runs. */
  void put(MoveState state);

  void remove(String id);

  /** Moves whose replica is gone; from now on they are this replica's. */
  List<MoveState> abandoned();

  /** For a router of one replica: a move does not outlive it, and the room stays as it is. */
  final class InMemory implements MoveStore {
    private final ConcurrentMap<String, MoveState> moves = new ConcurrentHashMap<>();

    @Override
    public void put(MoveState state) {
      moves.put(state.id(), state);
    }

    @Override
    public void remove(String id) {
      moves.remove(id);
    }

    @Override
    public List<MoveState> abandoned() {
      return List.of();
    }
  }
}
