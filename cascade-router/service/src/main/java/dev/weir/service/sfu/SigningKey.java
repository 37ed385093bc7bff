package dev.weir.service.sfu;

/** A LiveKit API key. Its secret may be shorter than what modern libraries ask for. */
public record SigningKey(String id, String secret) {
  public SigningKey {
    if (id.isBlank() || secret.isBlank()) {
      throw new IllegalArgumentException("a LiveKit key has a name and a secret");
    }
  }

  @Override
  public String toString() {
    return "SigningKey[" + id + "]";
  }
}
