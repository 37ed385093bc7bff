package dev.weir.service.gate;

import dev.weir.session.move.MoveState;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Where moves are noted, so that another replica can carry them on. */
public interface MoveStore {

  /** Notes a new move, unless another replica moves the room already. */
  boolean begin(MoveState state);

  /** Notes a later state of a move that this replica runs. */
  void put(MoveState state);

  void remove(MoveState state);

  /** Moves whose replica is gone; from now on they are this replica's. */
  List<MoveState> abandoned();

  /** For a router of one replica: a move does not outlive it, and the room stays as it is. */
  final class InMemory implements MoveStore {
    private final ConcurrentMap<String, MoveState> moves = new ConcurrentHashMap<>();

    @Override
    public boolean begin(MoveState state) {
      moves.put(state.id(), state);
      return true;
    }

    @Override
    public void put(MoveState state) {
      moves.put(state.id(), state);
    }

    @Override
    public void remove(MoveState state) {
      moves.remove(state.id());
    }

    @Override
    public List<MoveState> abandoned() {
      return List.of();
    }
  }
}
