package dev.weir.relay.ice;

/**
 * A way to a remote candidate: a UDP address through the connection's socket, or a TCP connection
 * of its own.
 */
public interface IcePath {
  Candidate candidate();

  /** Whether it can be written now; a TCP path is not before it is connected. */
  boolean open();

  void send(byte[] bytes, int off, int len);
}
