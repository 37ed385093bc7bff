package dev.weir.service.http;

import java.time.Duration;
import java.util.Optional;

/** An error as Matrix clients read it. */
final class ApiError extends Exception {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String code;
  private final transient Optional<Duration> retryAfter;

  ApiError(int status, String code, String text) {
    this(status, code, text, Optional.empty());
  }

  private ApiError(int status, String code, String text, Optional<Duration> retryAfter) {
    super(text, null, false, false);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }

  static ApiError notJson() {
    return new ApiError(400, "M_NOT_JSON", "The request body is not valid JSON for this endpoint");
  }

  static ApiError missing(String what) {
    return new ApiError(400, "M_BAD_JSON", "The request body is missing " + what);
  }

  static ApiError unauthorised() {
    return new ApiError(401, "M_UNAUTHORIZED", "The request could not be authorised");
  }

  static ApiError tooLarge() {
    return new ApiError(413, "M_TOO_LARGE", "The request body is too large");
  }

  static ApiError tooMany(Duration after) {
    return new ApiError(429, "M_LIMIT_EXCEEDED", "Too many requests", Optional.of(after));
  }

  static ApiError later(Duration after) {
    return new ApiError(503, "M_UNKNOWN", "The service cannot answer now", Optional.of(after));
  }

  static ApiError internal() {
    return new ApiError(500, "M_UNKNOWN", "Internal server error");
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  Optional<Duration> retryAfter() {
    return retryAfter;
  }
}
