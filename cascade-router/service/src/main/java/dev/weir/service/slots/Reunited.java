package dev.weir.service.slots;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializableFactory;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import com.hazelcast.spi.merge.SplitBrainMergeTypes.MapMergeTypes;
import dev.weir.session.codec.SessionCodec;
import dev.weir.session.lease.SpotLeases;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of an entry that both halves of a cut cluster have, when they find each other again.
 * The policies are known by number to every replica: no class name travels.
 */
abstract class Reunited<V>
    implements SplitBrainMergePolicy<V, MapMergeTypes<String, V>, V>, IdentifiedDataSerializable {
  static final int FACTORY = 1;

  static final DataSerializableFactory POLICIES =
      id ->
          switch (id) {
            case Slots.ID -> new Slots();
            case Places.ID -> new Places();
            case Leases.ID -> new Leases();
            case Highest.ID -> new Highest();
            default -> throw new IllegalArgumentException("no such policy: " + id);
          };

  abstract V both(V one, V other);

  @Override
  public final @Nullable V merge(
      MapMergeTypes<String, V> merging, @Nullable MapMergeTypes<String, V> existing) {
    V one = merging.getValue();
    V other = existing == null ? null : existing.getValue();
    return one == null ? other : other == null ? one : both(one, other);
  }

  @Override
  public int getFactoryId() {
    return FACTORY;
  }

  @Override
  public void writeData(ObjectDataOutput out) {
    // Its number says it all.
  }

  @Override
  public void readData(ObjectDataInput in) {
    // Its number says it all.
  }

  /** Records by version, attachments by union. */
  static final class Slots extends Reunited<byte[]> {
    static final int ID = 1;

    @Override
    byte[] both(byte[] one, byte[] other) {
      return StoredSlot.read(one).reunited(StoredSlot.read(other)).write();
    }

    @Override
    public int getClassId() {
      return ID;
    }
  }

  /** Rooms: the union of their places. */
  static final class Places extends Reunited<byte[]> {
    static final int ID = 2;

    @Override
    byte[] both(byte[] one, byte[] other) {
      return RoomEntry.read(one).reunited(RoomEntry.read(other)).write();
    }

    @Override
    public int getClassId() {
      return ID;
    }
  }

  /** Leases: the higher fence holds. */
  static final class Leases extends Reunited<byte[]> {
    static final int ID = 3;

    @Override
    byte[] both(byte[] one, byte[] other) {
      return SessionCodec.write(
          SpotLeases.reunited(
              SessionCodec.read(one, SpotLeases.class),
              SessionCodec.read(other, SpotLeases.class)));
    }

    @Override
    public int getClassId() {
      return ID;
    }
  }

  /** Numbers that only rise. */
  static final class Highest extends Reunited<Long> {
    static final int ID = 4;

    @Override
    Long both(Long one, Long other) {
      return Math.max(one, other);
    }

    @Override
    public int getClassId() {
      return ID;
    }
  }
}
