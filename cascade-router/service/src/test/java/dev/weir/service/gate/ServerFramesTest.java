package dev.weir.service.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SignalResponse;
import org.junit.jupiter.api.Test;

/** Random streams of messages, fragmented and cut at random, against what must come out of them. */
class ServerFramesTest {

  private static final byte[] LEAVE =
      SignalResponse.newBuilder()
          .setLeave(LeaveRequest.newBuilder().setReason(DisconnectReason.ROOM_DELETED))
          .build()
          .toByteArray();

  @Test
  void whateverTheFragmentsOnlyReadMessagesAreTouched() {
    for (long seed = 0; seed < 3_000; seed++) {
      new Stream(seed).run();
    }
  }

  @Test
  void garbageNeverBreaksIt() {
    for (long seed = 0; seed < 3_000; seed++) {
      Random random = new Random(seed);
      ServerFrames frames = new ServerFrames(new Noting());
      for (int i = 0; i < 20; i++) {
        byte[] garbage = new byte[random.nextInt(200)];
        random.nextBytes(garbage);
        frames.feed(Buffer.buffer(garbage));
      }
      frames.atBoundary();
    }
  }

  @Test
  void holdsBackWhatIsNotWholeYet() {
    ServerFrames frames = new ServerFrames(new Noting());
    byte[] message = Wire.frame(FrameHead.BINARY, true, new byte[1000], false);
    assertThat(frames.feed(Buffer.buffer(message).slice(0, 900)).length()).isZero();
    assertThat(frames.atBoundary()).isTrue();
    assertThat(frames.feed(Buffer.buffer(message).slice(900, message.length)).length())
        .isEqualTo(message.length);
  }

  @Test
  void streamsWhatIsTooLongToHoldAndSaysSo() {
    ServerFrames frames = new ServerFrames(new Noting());
    byte[] message = Wire.frame(FrameHead.BINARY, true, new byte[200_000], false);
    assertThat(frames.feed(Buffer.buffer(message).slice(0, 100_000)).length()).isEqualTo(100_000);
    assertThat(frames.atBoundary()).isFalse();
    frames.feed(Buffer.buffer(message).slice(100_000, message.length));
    assertThat(frames.atBoundary()).isTrue();
  }

  private static final class Noting implements ServerFrames.Reader {
    private final List<byte[]> read = new ArrayList<>();
    private int closes;

    @Override
    public ServerFrames.Verdict read(byte[] message) {
      read.add(message);
      SignalResponse signal = Signals.read(message).orElse(SignalResponse.getDefaultInstance());
      return switch (signal.getMessageCase()) {
        case LEAVE -> new ServerFrames.Verdict.Drop();
        case REFRESH_TOKEN -> new ServerFrames.Verdict.Replace(Signals.refreshToken("mine"));
        default -> new ServerFrames.Verdict.Pass();
      };
    }

    @Override
    public boolean closing(int code) {
      closes++;
      return true;
    }
  }

  private static final class Stream {
    private final Random random;
    private final long seed;
    private final ByteArrayOutputStream in = new ByteArrayOutputStream();
    private final ByteArrayOutputStream expected = new ByteArrayOutputStream();

    Stream(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
    }

    void run() {
      int reads = 0;
      int messages = 1 + random.nextInt(12);
      for (int i = 0; i < messages; i++) {
        switch (random.nextInt(5)) {
          case 0 -> {
            message(LEAVE);
            reads++;
          }
          case 1 -> {
            message(Signals.refreshToken("theirs"));
            expected.writeBytes(
                Wire.frame(FrameHead.BINARY, true, Signals.refreshToken("mine"), false));
            reads++;
          }
          case 2 -> expected.writeBytes(control(random.nextBoolean() ? 9 : 10));
          default -> {
            byte[] other = new byte[random.nextInt(random.nextInt(30) == 0 ? 90_000 : 300)];
            random.nextBytes(other);
            if (other.length > 0) {
              other[0] = 0x0a;
            }
            expected.writeBytes(message(other));
          }
        }
      }
      Noting noting = new Noting();
      ServerFrames frames = new ServerFrames(noting);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] all = in.toByteArray();
      int at = 0;
      while (at < all.length) {
        int part = Math.min(all.length - at, 1 + random.nextInt(random.nextBoolean() ? 7 : 3000));
        out.writeBytes(frames.feed(Buffer.buffer(all).slice(at, at + part)).getBytes());
        at += part;
      }
      assertThat(out.toByteArray()).as("seed %d", seed).isEqualTo(expected.toByteArray());
      assertThat(frames.atBoundary()).isTrue();
      assertThat(noting.closes).isZero();
      assertThat(noting.read.size()).as("seed %d", seed).isGreaterThanOrEqualTo(reads);
    }

    private byte[] control(int opcode) {
      byte[] frame = Wire.frame(opcode, true, new byte[random.nextInt(5)], false);
      in.writeBytes(frame);
      return frame;
    }

    /** Writes a message in one to three fragments, with a ping in between at times. */
    private byte[] message(byte[] payload) {
      ByteArrayOutputStream frames = new ByteArrayOutputStream();
      int fragments = 1 + random.nextInt(3);
      int at = 0;
      for (int i = 0; i < fragments; i++) {
        int end =
            i == fragments - 1 ? payload.length : at + random.nextInt(payload.length - at + 1);
        byte[] part = java.util.Arrays.copyOfRange(payload, at, end);
        int opcode = i == 0 ? FrameHead.BINARY : FrameHead.CONTINUATION;
        frames.writeBytes(Wire.frame(opcode, i == fragments - 1, part, false));
        at = end;
      }
      in.writeBytes(frames.toByteArray());
      return frames.toByteArray();
    }
  }
}
