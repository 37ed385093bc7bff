package dev.weir.service.slots;

import dev.weir.session.Site;
import dev.weir.session.codec.SessionCodec;
import dev.weir.session.slot.Reunion;
import dev.weir.session.slot.SlotEffect;
import dev.weir.session.slot.SlotState;
import dev.weir.session.slot.Step;
import dev.weir.session.view.MemberRecord;
import dev.weir.session.view.Merge;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A slot in the shared map, with what its last event asks for, so that every replica hears of it.
 */
record StoredSlot(SlotState state, List<Effect> effects, @Nullable Instant wakeAt) {
  StoredSlot {
    effects = List.copyOf(effects);
  }

  /** One effect as flat data; exactly one kind of content is set. */
  record Effect(
      Kind kind,
      @Nullable MemberRecord record,
      @Nullable Site site,
      Merge.@Nullable Reason reason) {}

  enum Kind {
    TELL,
    TELL_HINT,
    SHARE,
    REFUSED
  }

  static StoredSlot of(Step step) {
    List<Effect> effects = new ArrayList<>();
    for (SlotEffect effect : step.effects()) {
      effects.add(
          switch (effect) {
            case SlotEffect.Tell tell -> new Effect(Kind.TELL, tell.record(), null, null);
            case SlotEffect.TellHint hint -> new Effect(Kind.TELL_HINT, null, null, null);
            case SlotEffect.Share share -> new Effect(Kind.SHARE, null, share.peer(), null);
            case SlotEffect.Refused no -> new Effect(Kind.REFUSED, null, no.from(), no.reason());
          });
    }
    return new StoredSlot(step.state(), effects, step.wakeAt().orElse(null));
  }

  List<SlotEffect> slotEffects() {
    List<SlotEffect> all = new ArrayList<>();
    for (Effect effect : effects) {
      MemberRecord record = effect.record();
      Site site = effect.site();
      Merge.Reason reason = effect.reason();
      switch (effect.kind()) {
        case TELL -> {
          if (record != null) {
            all.add(new SlotEffect.Tell(record));
          }
        }
        case TELL_HINT -> all.add(new SlotEffect.TellHint());
        case SHARE -> {
          if (site != null) {
            all.add(new SlotEffect.Share(site));
          }
        }
        case REFUSED -> {
          if (site != null && reason != null) {
            all.add(new SlotEffect.Refused(site, reason));
          }
        }
      }
    }
    return all;
  }

  /**
   * One of two that halves of a cut cluster came to. What they asked for is asked again when the
   * records are written anew.
   */
  StoredSlot reunited(StoredSlot other) {
    return new StoredSlot(Reunion.of(state, other.state), List.of(), earlier(other));
  }

  private @Nullable Instant earlier(StoredSlot other) {
    Instant one = wakeAt;
    Instant two = other.wakeAt;
    return one == null || (two != null && two.isBefore(one)) ? two : one;
  }

  Optional<Instant> wake() {
    return Optional.ofNullable(wakeAt);
  }

  byte[] write() {
    return SessionCodec.write(this);
  }

  static StoredSlot read(byte[] bytes) {
    return SessionCodec.read(bytes, StoredSlot.class);
  }
}
