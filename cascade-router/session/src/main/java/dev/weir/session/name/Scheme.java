package dev.weir.session.name;

/** How a request names its LiveKit identity; three schemes live side by side. */
public enum Scheme {
  /** {@code mxid:device}, of the legacy endpoint. */
  USER_DEVICE,
  /** Hash of user, device and member id. */
  THREE_TUPLE,
  /** Hash of user and member id, of the newest text. */
  TWO_TUPLE
}
