package dev.weir.e2e.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Addresses of this machine only. Each run draws a network of its own out of 127.0.0.0/8, so that
 * two runs never meet, and each site has an address in it, which is also its server name: no DNS
 * and no root is needed.
 */
public final class Loopback {
  /**
   * Below the range from which the kernel serves outgoing connections, so that none takes a port
   * that we chose.
   */
  private static final int FIRST_PORT = 12_000;

  private static final int LAST_PORT = 32_000;

  private final RandomGenerator random;
  private final int second;
  private final int third;
  private final Set<Integer> given = new HashSet<>();

  public Loopback(RandomGenerator random) {
    this.random = random;
    this.second = random.nextInt(64, 250);
    this.third = random.nextInt(0, 250);
  }

  String address(int site) {
    return "127." + second + "." + third + "." + site;
  }

  public int freeTcpPort(String address) {
    return free(
        port -> {
          try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(address), port));
            return true;
          } catch (IOException taken) {
            return false;
          }
        });
  }

  /** Free on every address: LiveKit binds media ports to the interface, not to our address. */
  public int freeMediaPort() {
    return free(
        port -> {
          try (DatagramSocket udp = new DatagramSocket(port);
              ServerSocket tcp = new ServerSocket(port)) {
            return udp.isBound() && tcp.isBound();
          } catch (IOException taken) {
            return false;
          }
        });
  }

  private synchronized int free(java.util.function.IntPredicate isFree) {
    for (int attempt = 0; attempt < 500; attempt++) {
      int port = random.nextInt(FIRST_PORT, LAST_PORT);
      if (given.add(port) && isFree.test(port)) {
        return port;
      }
    }
    throw new UncheckedIOException(new IOException("no free port on loopback"));
  }
}
