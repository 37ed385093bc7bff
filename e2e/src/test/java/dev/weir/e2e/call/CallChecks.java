package dev.weir.e2e.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** What a person in a call would say of it, as assertions. */
final class CallChecks {
  private static final int FRAMES = 100;
  private static final int LEAST_HEIGHT = 360;

  private CallChecks() {}

  /**
   * From then on it makes sense to count: the keys have come, and the sender has found its pace.
   */
  static void seesTheFirstFrames(CallUser person, Duration patience) {
    seeTheFirstFrames(List.of(person), patience);
  }

  /** The same for several people at the same time. */
  static void seeTheFirstFrames(List<CallUser> people, Duration patience) {
    Map<CallUser, NewFrames> waiting = counting(people);
    BooleanSupplier allHave =
        () -> {
          waiting.values().removeIf(frames -> frames.count() >= 10);
          return waiting.isEmpty();
        };
    people.getFirst().await(patience, allHave);
    assertThat(waiting.keySet())
        .extracting(CallUser::name)
        .as("decode no first frames within %d s", patience.toSeconds())
        .isEmpty();
  }

  /** At least 100 new frames, and large enough to recognise a face. */
  static void seesAMovingPicture(CallUser person, Duration patience) {
    see(List.of(person), patience, LEAST_HEIGHT);
  }

  /**
   * The same at any size: how large a picture a client sends depends on how busy the machine is.
   */
  static void sees(CallUser person, Duration patience) {
    see(List.of(person), patience);
  }

  /** The same for several people at the same time. */
  static void see(List<CallUser> people, Duration patience) {
    see(people, patience, 1);
  }

  private static void see(List<CallUser> people, Duration patience, int leastHeight) {
    Map<CallUser, NewFrames> counted = counting(people);
    BooleanSupplier allDo =
        () ->
            counted.entrySet().stream()
                .allMatch(
                    of ->
                        of.getValue().count() >= FRAMES
                            && of.getKey().media().tallestFrame() >= leastHeight);
    assertThat(people.getFirst().await(patience, allDo))
        .as(
            "%d frames of at least %d lines in %d s; got %s",
            FRAMES,
            leastHeight,
            patience.toSeconds(),
            counted.entrySet().stream().map(of -> asSeen(of.getKey(), of.getValue())).toList())
        .isTrue();
  }

  /** Who has no tile waits for Matrix; who has one, for media. */
  private static String asSeen(CallUser person, NewFrames frames) {
    return "%s %d of %d lines in %d tiles"
        .formatted(person.name(), frames.count(), person.media().tallestFrame(), person.tiles());
  }

  private static Map<CallUser, NewFrames> counting(List<CallUser> people) {
    Map<CallUser, NewFrames> counted = new LinkedHashMap<>();
    people.forEach(person -> counted.put(person, new NewFrames(person)));
    return counted;
  }

  static void seesNothing(CallUser person, Duration patience) {
    assertThat(person.await(patience, () -> framesIn(person, Duration.ofSeconds(1)) == 0))
        .as("%s sees no video any more", person.name())
        .isTrue();
  }

  /** Exactly so many pictures that move: cameras and screens. */
  static void seesPictures(CallUser person, int pictures, Duration patience) {
    assertThat(
            person.await(
                patience,
                () -> {
                  MediaReport before = person.media();
                  person.pause(Duration.ofSeconds(2));
                  return person.media().picturesMovedSince(before) == pictures;
                }))
        .as("%s sees %d pictures that move", person.name(), pictures)
        .isTrue();
  }

  static void hears(CallUser person, Duration patience) {
    double before = person.media().audioEnergy();
    assertThat(person.await(patience, () -> person.media().audioEnergy() > before))
        .as("%s hears somebody", person.name())
        .isTrue();
  }

  /** The fake microphone beeps once a second, so two silent seconds are silence. */
  static void hearsNobody(CallUser person, Duration patience) {
    assertThat(
            person.await(
                patience,
                () -> {
                  double before = person.media().audioEnergy();
                  person.pause(Duration.ofSeconds(2));
                  return person.media().audioEnergy() - before < 1e-7;
                }))
        .as("%s hears nobody", person.name())
        .isTrue();
  }

  /** Every sender and receiver of the client has an encrypting transform. */
  static void encryptsEverything(CallUser person) {
    MediaReport media = person.media();
    assertThat(media.media()).as("live senders and receivers of %s", person.name()).isPositive();
    assertThat(media.encryptedMedia())
        .as("senders and receivers of %s with encryption", person.name())
        .isEqualTo(media.media());
  }

  /** No frame of the whole call failed to decrypt, and none waits for a key now. */
  static void decryptsEverything(CallUser person, Duration watched) {
    int awaitedBefore = person.media().awaitedKeys();
    person.pause(watched);
    MediaReport media = person.media();
    assertThat(media.decryptErrors()).as("decrypt errors of %s", person.name()).isEmpty();
    assertThat(media.awaitedKeys())
        .as("missing keys of %s", person.name())
        .isEqualTo(awaitedBefore);
  }

  private static long framesIn(CallUser person, Duration time) {
    NewFrames frames = new NewFrames(person);
    person.pause(time);
    return frames.count();
  }

  /** Frames since a moment; a client that connects anew counts from zero again. */
  private static final class NewFrames {
    private final CallUser person;
    private long last;
    private long sum;

    NewFrames(CallUser person) {
      this.person = person;
      this.last = person.media().framesDecoded();
    }

    long count() {
      long now = person.media().framesDecoded();
      sum += now >= last ? now - last : now;
      last = now;
      return sum;
    }
  }
}
