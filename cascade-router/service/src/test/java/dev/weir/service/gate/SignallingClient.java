package dev.weir.service.gate;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;

/**
 * The signalling half of a client, with the habits of the deployed ones: it never asks for a new
 * token; on RECONNECT it leaves and joins anew with the newest token that it has, on a lost
 * WebSocket a legacy one gives up, on DISCONNECT everybody does.
 */
final class SignallingClient implements AutoCloseable {

  /** One server's message, by its name. */
  record Heard(SignalResponse.MessageCase what, long nanos) {}

  private final GateFixture gate;
  private volatile String token;
  private volatile Wire wire;
  private volatile boolean closing;
  private volatile String end = "";
  private final List<Heard> heard = new CopyOnWriteArrayList<>();
  private final Thread reader;

  SignallingClient(GateFixture gate, String token) throws IOException {
    this.gate = gate;
    this.token = token;
    this.wire = dial();
    this.reader = Thread.ofVirtual().start(this::listen);
  }

  int joins() {
    return (int) heard.stream().filter(h -> h.what() == SignalResponse.MessageCase.JOIN).count();
  }

  long lastJoinNanos() {
    return heard.stream()
        .filter(h -> h.what() == SignalResponse.MessageCase.JOIN)
        .mapToLong(Heard::nanos)
        .max()
        .orElse(0);
  }

  String token() {
    return token;
  }

  /** Empty while the client is in its call; else why it is not. */
  String end() {
    return end;
  }

  private Wire dial() throws IOException {
    GateFixture.Reply reply =
        gate.upgrade("/rtc?access_token=" + token + "&auto_subscribe=1&sdk=js&protocol=16");
    if (reply.status() != 101) {
      throw new IOException("upgrade " + reply.status());
    }
    return new Wire(reply.socket(), true);
  }

  private void listen() {
    while (!closing) {
      try {
        Wire.Frame frame = wire.read();
        if (frame.opcode() == 9) {
          wire.send(10, true, frame.payload());
        } else if (frame.opcode() == FrameHead.CLOSE) {
          end = closing ? "" : "closed " + frame.closeCode();
          return;
        } else if (frame.opcode() == FrameHead.BINARY) {
          heard(SignalResponse.parseFrom(frame.payload()));
        }
        if (!end.isEmpty()) {
          return;
        }
      } catch (InvalidProtocolBufferException e) {
        end = "cannot read: " + e.getMessage();
        return;
      } catch (IOException e) {
        end = closing ? "" : "lost: " + e.getMessage();
        return;
      }
    }
  }

  private void heard(SignalResponse message) throws IOException {
    heard.add(new Heard(message.getMessageCase(), System.nanoTime()));
    switch (message.getMessageCase()) {
      case REFRESH_TOKEN -> token = message.getRefreshToken();
      case LEAVE -> left(message.getLeave());
      default -> {}
    }
  }

  private void left(LeaveRequest leave) throws IOException {
    if (leave.getAction() == LeaveRequest.Action.RESUME) {
      // Only ever heard in the middle of a rejoin, and ignored there.
      return;
    }
    if (leave.getAction() != LeaveRequest.Action.RECONNECT) {
      end = leave.getReason().name().toLowerCase(Locale.ROOT);
      return;
    }
    Wire old = wire;
    try {
      old.binary(
          SignalRequest.newBuilder()
              .setLeave(LeaveRequest.getDefaultInstance())
              .build()
              .toByteArray());
      old.send(8, true, new byte[] {0x03, (byte) 0xe8});
    } catch (IOException alreadyGone) {
      // The old node may be dead; the gate answers for it.
    }
    old.close();
    wire = dial();
  }

  @Override
  public void close() throws IOException {
    closing = true;
    wire.close();
    reader.interrupt();
  }
}
