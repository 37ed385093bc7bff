package dev.weir.service.gate;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitRtc.LeaveRequest;

/**
 * What a leave that a node sends means for the client.
 *
 * <p>A DISCONNECT ends a client for good: none asks for a new token, it only shows "Reconnecting"
 * or the end of the call. That is right when the participant itself left, when it was kicked by our
 * order, or when the same person really connected a second time. It is wrong for everything that
 * only this node has decided: then the client joins again, wherever the room is by then.
 */
final class Leaves {

  /** What to do with a leave. */
  enum Verdict {
    /** The client is to know it as it is. */
    PASS,
    /** The room is to be looked after at its place; then the client joins again. */
    REJOIN,
    /** As REJOIN, and the node is going away: the room must be placed elsewhere. */
    REJOIN_ELSEWHERE
  }

  private Leaves() {}

  /**
   * Judges a leave.
   *
   * @param newerUpgrade whether the same identity has connected again through a gate since
   * @param kicked whether we have ordered the removal of this participant; asked only if it matters
   */
  static CompletionStage<Verdict> judge(
      LeaveRequest leave,
      Supplier<CompletionStage<Boolean>> newerUpgrade,
      Supplier<CompletionStage<Boolean>> kicked) {
    if (leave.getAction() != LeaveRequest.Action.DISCONNECT) {
      return CompletableFuture.completedFuture(Verdict.PASS);
    }
    DisconnectReason reason = leave.getReason();
    return switch (reason) {
      case SERVER_SHUTDOWN -> CompletableFuture.completedFuture(Verdict.REJOIN_ELSEWHERE);
      case ROOM_DELETED, ROOM_CLOSED, STATE_MISMATCH, MIGRATION ->
          CompletableFuture.completedFuture(Verdict.REJOIN);
      case DUPLICATE_IDENTITY -> newerUpgrade.get().thenApply(Leaves::passIf);
      case PARTICIPANT_REMOVED -> kicked.get().thenApply(Leaves::passIf);
      default -> CompletableFuture.completedFuture(Verdict.PASS);
    };
  }

  /**
   * Judges a connection that a node has closed without saying why. LiveKit does so when a
   * participant's end overtakes the leave that was to announce it, so this may be any of them.
   */
  static CompletionStage<Verdict> judgeSilence(
      Supplier<CompletionStage<Boolean>> newerUpgrade, Supplier<CompletionStage<Boolean>> kicked) {
    return newerUpgrade
        .get()
        .thenCompose(newer -> newer ? CompletableFuture.completedFuture(true) : kicked.get())
        .thenApply(Leaves::passIf);
  }

  private static Verdict passIf(boolean meant) {
    return meant ? Verdict.PASS : Verdict.REJOIN;
  }
}
