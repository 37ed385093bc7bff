package dev.weir.service.http;

import dev.weir.service.token.TokenAnswer;
import dev.weir.service.token.TokenAnswer.Why;
import io.vertx.core.json.JsonObject;

/** What the token desk decided, as clients read it. */
final class Answers {
  private Answers() {}

  /**
   * The body of a 200.
   *
   * @param restrictedStatus how a restricted user's delegation is refused at this endpoint
   */
  static JsonObject json(
      TokenAnswer answer, Limits limits, int restrictedStatus, String restrictedCode)
      throws ApiError {
    return switch (answer) {
      case TokenAnswer.Granted granted ->
          new JsonObject()
              .put("url", granted.attached().url())
              .put("jwt", granted.attached().jwt());
      case TokenAnswer.LeaveKept kept -> new JsonObject();
      case TokenAnswer.Later later -> throw ApiError.later(later.after());
      case TokenAnswer.TooMany tooMany -> throw limits.user();
      case TokenAnswer.Denied denied ->
          throw denied(denied.why(), restrictedStatus, restrictedCode);
    };
  }

  private static ApiError denied(Why why, int restrictedStatus, String restrictedCode) {
    return switch (why) {
      case UNAUTHORIZED -> ApiError.unauthorised();
      case FORBIDDEN -> new ApiError(403, "M_FORBIDDEN", "The request is not allowed");
      case RESTRICTED_DELEGATION ->
          new ApiError(
              restrictedStatus,
              restrictedCode,
              "Delegation of delayed events is only supported for full access users");
      case DELEGATION_UNAVAILABLE ->
          new ApiError(400, "M_BAD_JSON", "The delayed event cannot be delegated");
      case NO_ROOM -> new ApiError(500, "M_UNKNOWN", "Unable to create room on SFU");
    };
  }
}
