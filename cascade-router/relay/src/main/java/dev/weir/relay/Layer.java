package dev.weir.relay;

/** A spatial layer of a simulcast track; audio and single-layer video travel on HIGH. */
public enum Layer {
  LOW("q"),
  MEDIUM("h"),
  HIGH("f");

  /** How many there are. */
  public static final int COUNT = 3;

  private final String rid;

  Layer(String rid) {
    this.rid = rid;
  }

  /** The RTP stream id under which the layer is published. */
  public String rid() {
    return rid;
  }
}
