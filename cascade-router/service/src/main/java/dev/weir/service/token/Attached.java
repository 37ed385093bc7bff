package dev.weir.service.token;

/** Where a client is to connect, and with what. */
public record Attached(String url, String jwt) {
  @Override
  public String toString() {
    return "Attached[" + url + "]";
  }
}
